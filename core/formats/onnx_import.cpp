#include "core/formats/onnx_import.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/tensor_view.h"
#include "core/formats/onnx.h"
#include "core/formats/onnx_folding.h"
#include "core/formats/onnx_operator.h"

namespace cnn {
namespace {

constexpr std::int64_t kOldestOpset = 7;  // in older ones Add and Mul broadcast differently
constexpr std::size_t kMaxNodes = 10'000;
constexpr std::uint64_t kMostFolded = 1 << 20;  // numbers made from constants, beside as many as there are

Json tensor(const std::string& layer) { return Json::array({layer, 0, 0}); }

}  // namespace

Error OnnxReader::wrong(const std::string& what) const {
  std::string subject = "ONNX: ";
  if (node_) subject += node_->op + (node_->name.empty() ? "" : " \"" + node_->name + "\"") + ": ";
  const bool has_next_step = !node_ || what.find("export") != std::string::npos;
  return {"bad_model_file",
          subject + what + (has_next_step ? "." : "; change this part of the model and export it again.")};
}

std::vector<std::size_t> OnnxReader::candidates(const OnnxFile& file) {
  std::unordered_map<std::string_view, std::size_t> maker;
  for (std::size_t i = 0; i < file.nodes.size(); ++i) {
    for (const std::string& name : file.nodes[i].outputs) maker.emplace(name, i);
  }
  std::vector<std::pair<std::size_t, std::size_t>> found;  // number of nodes that lead to it, its index
  for (std::size_t i = 0; i < file.outputs.size(); ++i) {
    const OnnxValue& output = file.outputs[i];
    const bool is_row = output.dims.empty() || output.dims.size() == 2;
    const bool is_number = output.type == OnnxType::none || is_float(output.type);
    if (file.outputs.size() > 1 && (!is_row || !is_number)) continue;
    std::vector<char> seen(file.nodes.size(), 0);
    std::vector<std::string_view> open{output.name};
    std::size_t n = 0;
    while (!open.empty()) {
      const auto from = maker.find(open.back());
      open.pop_back();
      if (from == maker.end() || seen[from->second]) continue;
      seen[from->second] = 1, ++n;
      for (const std::string& name : file.nodes[from->second].inputs) open.push_back(name);
    }
    found.emplace_back(n, i);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::size_t> order;
  order.reserve(found.size());
  for (const auto& [n, index] : found) order.push_back(index);
  return order;
}

OnnxReader::Done OnnxReader::read(std::size_t wanted) {
  if (file_.opset < kOldestOpset) {
    return wrong("opset " + std::to_string(file_.opset) +
                 " is too old; export the model with opset 13 or later");
  }
  for (const OnnxTensor& constant : file_.constants) constants_.emplace(constant.name, &constant);
  const std::string& name = file_.outputs[wanted].name;
  std::unordered_set<const OnnxNode*> needed;
  std::unordered_map<std::string_view, const OnnxNode*> maker;
  for (const OnnxNode& node : file_.nodes) {
    for (const std::string& output : node.outputs) maker.emplace(output, &node);
  }
  for (std::vector<std::string_view> open{name}; !open.empty();) {
    const auto from = maker.find(open.back());
    open.pop_back();
    if (from == maker.end() || !needed.insert(from->second).second) continue;
    for (const std::string& input : from->second->inputs) open.push_back(input);
  }
  for (const OnnxNode& node : file_.nodes) {
    if (!needed.contains(&node)) continue;
    nodes_.push_back(&node);
    for (const std::string& input : node.inputs) ++readers_[input];
  }
  ++readers_[name];
  if (Done done = read_input(); !done) return done;
  for (const OnnxNode* node : nodes_) {  // constants first: some operators look ahead
    node_ = node;
    const Result<bool> computed = folded(*node);
    if (!computed) return computed.error();
    if (*computed) done_.insert(node);
  }
  for (const OnnxNode* node : nodes_) {
    if (done_.contains(node)) continue;
    node_ = node;
    if (Done done = read_node(*node); !done) return done;
  }
  node_ = nullptr;
  if (!values_.contains(name)) return wrong("its output \"" + name + "\" is not made by any node");
  if (Done done = settle(name); !done) return done;
  const Value& output = values_[name];
  if (output.order != Order::row) return wrong("its output is not a row of numbers, one for each class");
  if (output.layer != static_cast<int>(layers_.size()) - 1)
    return wrong("its last layer is not its output; remove nodes that lead nowhere");
  return {};
}

OnnxReader::Done OnnxReader::read_input() {
  const OnnxValue *input = nullptr, *unread = nullptr;
  for (const OnnxValue& value : file_.inputs) {
    if (constants_.contains(value.name)) continue;  // files before IR version 4 also list the weights
    if (!readers_.contains(value.name)) {           // what leads to the output does not read it
      unread = &value;
      continue;
    }
    if (input) return wrong("it has several inputs; a picture classifier needs exactly one");
    input = &value;
  }
  if (!input) input = unread;
  if (!input || input->dims.size() != 4)
    return wrong("its input is not a batch of pictures, [N, C, H, W] or [N, H, W, C]");
  const auto& dims = input->dims;
  const auto is_depth = [](std::int64_t size) { return size == 1 || size == 3; };
  const bool last = is_depth(dims[3]) && !is_depth(dims[1]);
  Shape shape;
  for (const std::size_t axis :
       last ? std::array<std::size_t, 3>{1, 2, 3} : std::array<std::size_t, 3>{2, 3, 1}) {
    constexpr std::int64_t largest = 4096;
    if (dims[axis] < 1 || dims[axis] > largest) {
      return wrong("its input \"" + input->name + "\" has shape " + to_string(dims) +
                   "; only the batch may have any size, and the others must be from 1 to 4096");
    }
    shape.push_back(static_cast<int>(dims[axis]));
  }
  bytes_in_ = input->type == OnnxType::uint8;
  batch_ = std::max<std::int64_t>(dims[0], 0);
  if (!bytes_in_ && !is_float(input->type))
    return wrong("its input \"" + input->name + "\" holds neither uint8 nor float numbers");
  Json sizes = Json::array({Json(), shape[0], shape[1], shape[2]});
  const Result<int> layer =
      add_layer("InputLayer", "input_layer", Json::object({{"batch_input_shape", std::move(sizes)}}), {});
  if (!layer) return layer.error();
  Value value{*layer, last ? Order::maps_last : Order::maps};
  value.pixels = std::make_shared<const Pixels>();
  values_[input->name] = std::move(value);
  return {};
}

OnnxReader::Done OnnxReader::read_node(const OnnxNode& node) {
  const OperatorRow* known =
      node.domain.empty() || node.domain == "ai.onnx" ? find_operator(node.op) : nullptr;
  if (node.outputs.empty() || node.outputs[0].empty()) return wrong("it has no output");
  for (const std::string& input : node.inputs) {
    const auto found = constants_.find(input);
    if (found != constants_.end() && !found->second->problem.empty())
      return wrong("\"" + input + "\": " + found->second->problem);
  }
  const Result<bool> computed = folded(node);
  if (!computed) return computed.error();
  if (*computed) return {};
  if (!known) return no_layer(node);
  if (node.inputs.empty()) return wrong("it has no input");
  if (Done understood = check_attributes(node, *known); !understood) return understood;
  const Result<bool> is_scaling = changes_pixels(node);
  if (!is_scaling) return is_scaling.error();
  if (*is_scaling) return {};
  const Result<bool> is_open = continues_curve(node);
  if (!is_open) return is_open.error();
  if (*is_open) return {};
  return (this->*(known->read))(node);
}

/// Where all inputs of a node are constants, so is its output.
Result<bool> OnnxReader::folded(const OnnxNode& node) {
  if ((!node.domain.empty() && node.domain != "ai.onnx") || node.outputs.empty() || node.outputs[0].empty())
    return false;
  std::vector<const OnnxTensor*> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.push_back(constant_input(node, i));
    if (inputs.back() ? !inputs.back()->problem.empty() : !node.inputs[i].empty()) return false;
  }
  std::uint64_t most = kMostFolded;
  for (const OnnxTensor& constant : file_.constants) most += constant.floats.size();
  Result<std::optional<OnnxTensor>> constant = fold(node, inputs, most - std::min(most, folded_numbers_));
  if (!constant) return wrong(constant.error().message);
  if (!*constant) return false;
  folded_numbers_ += (*constant)->floats.size() + (*constant)->integers.size();
  folded_.push_back(std::move(**constant));
  constants_.emplace(node.outputs[0], &folded_.back());
  return true;
}

const OnnxTensor* OnnxReader::constant_input(const OnnxNode& node, std::size_t input) const {
  if (input >= node.inputs.size()) return nullptr;
  const auto found = constants_.find(node.inputs[input]);
  return found == constants_.end() ? nullptr : found->second;
}

Result<OnnxReader::Value*> OnnxReader::value_input(const OnnxNode& node, std::size_t input) {
  const std::string name = input < node.inputs.size() ? node.inputs[input] : "";
  const auto found = values_.find(name);
  if (found == values_.end()) return wrong("its input \"" + name + "\" is not made by any node before it");
  return &found->second;
}

Result<OnnxReader::Value*> OnnxReader::layer_input(const OnnxNode& node, std::size_t input) {
  const Result<Value*> value = value_input(node, input);
  if (!value) return value;
  if (Done done = settle(node.inputs[input]); !done) return done.error();
  return value_input(node, input);  // it may be another one now
}

Result<OnnxReader::Value*> OnnxReader::maps_input(const OnnxNode& node) {
  Result<Value*> value = layer_input(node);
  if (value && (*value)->order != Order::maps)
    return wrong("its input does not have the layout [N, C, H, W]");
  return value;
}

std::vector<std::int64_t> OnnxReader::dims_of(const Value& value) const {
  const Shape& shape = made(value).shape;
  if (value.order == Order::maps && shape.rank() == 3) return {kBatchSize, shape[2], shape[0], shape[1]};
  if (value.order == Order::cell) return {kBatchSize, shape[0], 1, 1};
  std::vector<std::int64_t> dims{kBatchSize};
  dims.insert(dims.end(), shape.begin(), shape.end());
  return dims;
}

void OnnxReader::give(const OnnxNode& node, Value value) { values_[node.outputs[0]] = std::move(value); }

void OnnxReader::give_same(const OnnxNode& node, Value value) {
  value.shared = value.shared || readers_[node.inputs[0]] > 1;
  give(node, std::move(value));
}

/// If true, the node may be merged into the layer that made the value.
bool OnnxReader::is_only_reader(const OnnxNode& node, std::size_t input, const Value& value) const {
  const auto readers = readers_.find(node.inputs[input]);
  return !value.shared && readers != readers_.end() && readers->second == 1;
}

const OnnxNode* OnnxReader::only_reader(const OnnxNode& node) const {
  const auto readers = readers_.find(node.outputs[0]);
  if (readers == readers_.end() || readers->second != 1) return nullptr;
  const auto reads = [&](const OnnxNode* next) {
    return std::find(next->inputs.begin(), next->inputs.end(), node.outputs[0]) != next->inputs.end();
  };
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), reads);
  return found == nodes_.end() ? nullptr : *found;
}

Result<int> OnnxReader::add_layer(std::string_view class_name, std::string_view wanted_name, Json config,
                                  std::vector<int> inputs, std::vector<std::vector<float>> weights) {
  Made made;
  made.layer = make_layer(class_name);
  if (!made.layer) return wrong("there is no layer " + std::string(class_name));
  std::string name(wanted_name);
  for (char& c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    if (!plain) c = '_';
  }
  const std::string base = name;
  for (int& number = used_names_[base]; !names_.insert(name).second;)
    name = base + "_" + std::to_string(++number);
  made.layer->name = name;
  if (Result<void> read = read_fields(config, name, {}, [&](Fields& fields) { made.layer->fields(fields); });
      !read) {
    return wrong(read.error().message);
  }
  std::vector<Shape> xs;
  xs.reserve(inputs.size());
  for (const int input : inputs) xs.push_back(layers_[static_cast<std::size_t>(input)].shape);
  const Result<Shape> shape = xs.empty() ? made.layer->output_shape({}) : made.layer->joined_shape(xs);
  if (!shape) return wrong(shape.error().message);
  made.shape = *shape;
  const std::vector<ParameterSpec> specs = made.layer->params(xs.empty() ? Shape{} : xs[0]);
  for (std::size_t i = 0; i < std::max(specs.size(), weights.size()); ++i) {
    if (i >= specs.size() || i >= weights.size() || count(specs[i].shape) != weights[i].size()) {
      return wrong("its weights do not fit the " + std::to_string(xs.empty() ? 0 : xs[0].back()) +
                   " channels or units of its input");
    }
    if (!all_finite(weights[i]))
      return wrong("its weights hold numbers that are infinite or not a number; they are corrupt");
  }
  made.config = std::move(config);
  made.inputs = std::move(inputs);
  made.weights = std::move(weights);
  layers_.push_back(std::move(made));
  return static_cast<int>(layers_.size()) - 1;
}

/// The layer's name: "conv2d/kernel" gives conv2d, "features.0.weight" gives features.0; a node without
/// weights gives its own name.
std::string OnnxReader::name_for(const OnnxNode& node, std::size_t weight_input) const {
  std::string name =
      weight_input > 0 && weight_input < node.inputs.size() ? node.inputs[weight_input] : node.name;
  const std::size_t end = name.find_last_of("./");
  if (end != std::string::npos) name.resize(end);
  name.erase(0, name.find_first_not_of("./"));
  if (!name.empty()) return name;
  std::string op = node.op;
  for (char& c : op) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return op;
}

Json OnnxReader::config() const {
  bool is_chain = true;
  for (std::size_t i = 1; i < layers_.size(); ++i) {
    is_chain = is_chain && layers_[i].inputs == std::vector<int>{static_cast<int>(i) - 1};
  }
  Json layers = Json::array();
  for (const Made& made : layers_) {
    Json entry = Json::object(), config = Json::object();
    entry["class_name"] = made.layer->class_name();
    config["name"] = made.layer->name;
    write_fields(config, [&](Fields& fields) { made.layer->fields(fields); });
    entry["config"] = std::move(config);
    if (!is_chain) {
      entry["name"] = made.layer->name;
      Json inbound = Json::array();
      for (const int input : made.inputs) {
        Json from = tensor(layers_[static_cast<std::size_t>(input)].layer->name);
        from.push_back(Json::object());
        inbound.push_back(std::move(from));
      }
      entry["inbound_nodes"] = made.inputs.empty() ? Json::array() : Json::array({std::move(inbound)});
    }
    layers.push_back(std::move(entry));
  }
  Json model = Json::object();
  model["name"] = file_.graph_name.empty() ? "model" : file_.graph_name;
  model["layers"] = std::move(layers);
  if (!is_chain) {
    model["input_layers"] = Json::array({tensor(layers_.front().layer->name)});
    model["output_layers"] = Json::array({tensor(layers_.back().layer->name)});
  }
  return Json::object({{"class_name", is_chain ? "Sequential" : "Functional"}, {"config", std::move(model)}});
}

Result<LoadedModel> import_onnx(std::span<const std::uint8_t> bytes, const ModelLimits& limits,
                                std::span<const OnnxSideFile> others) {
  const Result<OnnxFile> file = read_onnx_file(bytes, others);
  if (!file) return file.error();
  if (file->nodes.size() > kMaxNodes)
    return Error{"bad_model_file", "ONNX: the graph has " + std::to_string(file->nodes.size()) +
                                       " nodes; at most " + std::to_string(kMaxNodes) + " are supported."};
  std::optional<OnnxReader> found;
  std::optional<Error> failure;
  std::string output_taken;
  for (const std::size_t output : OnnxReader::candidates(*file)) {
    found.emplace(*file);
    const Result<void> read = found->read(output);
    if (read) {
      if (file->outputs.size() > 1)
        output_taken = "Of the file's " + std::to_string(file->outputs.size()) + " outputs, \"" +
                       file->outputs[output].name + "\" is taken.";
      break;
    }
    if (!failure) failure = read.error();
    found.reset();
  }
  if (!found && failure) return *failure;
  if (!found)
    return Error{"bad_model_file", "ONNX: none of its " + std::to_string(file->outputs.size()) +
                                       " outputs is a row of numbers, one for each class."};
  const OnnxReader& reader = *found;
  std::size_t all_bytes = bytes.size();
  for (const OnnxSideFile& other : others) all_bytes += other.bytes.size();
  Result<Model> model = Model::from_config(reader.config(), limits_for_file(all_bytes, limits));
  if (!model) return Error{"bad_model_file", "ONNX: " + model.error().message, model.error().layer};
  std::unordered_map<std::string_view, const OnnxReader::Made*> by_name;
  for (const OnnxReader::Made& made : reader.layers()) by_name.emplace(made.layer->name, &made);
  std::unordered_map<int, std::size_t> next;  // parameter of each layer
  for (Parameter& parameter : model->parameters()) {
    const auto made = by_name.find(model->layer(parameter.layer).name);
    if (made == by_name.end()) continue;
    const std::size_t i = next[parameter.layer]++;
    if (i >= made->second->weights.size()) continue;
    const std::vector<float>& weights = made->second->weights[i];
    std::copy_n(weights.begin(), std::min(weights.size(), parameter.value.size()), parameter.value.begin());
  }
  model->set_input_range(reader.takes_bytes() ? InputRange::bytes : InputRange::unit);
  ModelNotes notes;
  for (const auto& [key, text] : file->metadata) {
    if (key != "class_names") continue;
    const Result<Json> names = parse_json(text);
    if (!names || !names->elements()) continue;  // another tool's, in a different form
    for (const Json& name : *names->elements()) {
      if (name.string()) notes.class_names.push_back(*name.string());
    }
  }
  return LoadedModel{std::move(*model), std::move(notes), true, {}, {}, {}, std::move(output_taken)};
}

}  // namespace cnn
