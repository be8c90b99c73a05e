#include "core/formats/onnx_import.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/tensor_view.h"
#include "core/formats/onnx.h"

namespace cnn {
namespace {

constexpr std::int64_t kOldestOpset = 7;  // in older ones Add and Mul broadcast differently
constexpr std::size_t kMaxNodes = 10'000;

Json tensor(const std::string& layer) { return Json::array({layer, 0, 0}); }

}  // namespace

Error OnnxReader::wrong(const std::string& what) const {
  std::string subject = "ONNX: ";
  if (node_) subject += node_->op + (node_->name.empty() ? "" : " \"" + node_->name + "\"") + ": ";
  return {"bad_model_file", subject + what + "."};
}

OnnxReader::Done OnnxReader::read() {
  if (file_.opset < kOldestOpset) {
    return wrong("opset " + std::to_string(file_.opset) +
                 " is too old; export the model with opset 13 or later");
  }
  if (file_.nodes.size() > kMaxNodes)
    return wrong("the graph has " + std::to_string(file_.nodes.size()) + " nodes; at most " +
                 std::to_string(kMaxNodes) + " are supported");
  for (const OnnxTensor& constant : file_.constants) constants_.emplace(constant.name, &constant);
  for (const OnnxNode& node : file_.nodes) {
    for (const std::string& input : node.inputs) ++readers_[input];
  }
  for (const OnnxValue& output : file_.outputs) ++readers_[output.name];
  if (Done done = read_input(); !done) return done;
  for (const OnnxNode& node : file_.nodes) {
    node_ = &node;
    if (Done done = read_node(node); !done) return done;
  }
  node_ = nullptr;
  if (file_.outputs.size() != 1)
    return wrong("it has " + std::to_string(file_.outputs.size()) +
                 " outputs; a classifier needs exactly one");
  const auto output = values_.find(file_.outputs[0].name);
  if (output == values_.end())
    return wrong("its output \"" + file_.outputs[0].name + "\" is not made by any node");
  if (output->second.order != Order::row)
    return wrong("its output is not a row of numbers, one for each class");
  if (output->second.layer != static_cast<int>(layers_.size()) - 1) {
    return wrong("its last layer is not its output; remove nodes that lead nowhere");
  }
  return {};
}

OnnxReader::Done OnnxReader::read_input() {
  const OnnxValue* input = nullptr;
  for (const OnnxValue& value : file_.inputs) {
    if (constants_.contains(value.name)) continue;  // files before IR version 4 also list the weights
    if (input) return wrong("it has several inputs; a picture classifier needs exactly one");
    input = &value;
  }
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
  if (!bytes_in_ && input->type != OnnxType::float32)
    return wrong("its input \"" + input->name + "\" holds neither uint8 nor float numbers");
  Json sizes = Json::array({Json(), shape[0], shape[1], shape[2]});
  const Result<int> layer =
      add_layer("InputLayer", "input_layer", Json::object({{"batch_input_shape", std::move(sizes)}}), {});
  if (!layer) return layer.error();
  values_[input->name] = {*layer, last ? Order::maps_last : Order::maps};
  return {};
}

OnnxReader::Done OnnxReader::read_node(const OnnxNode& node) {
  const Operator read = node.domain.empty() || node.domain == "ai.onnx" ? find_operator(node.op) : nullptr;
  if (!read) return wrong("there is no layer for this operator");
  if (node.outputs.empty() || node.outputs[0].empty()) return wrong("it has no output");
  if (node.inputs.empty() && node.op != "Constant") return wrong("it has no input");
  return (this->*read)(node);
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

/// value_input for a node that becomes a layer.
Result<OnnxReader::Value*> OnnxReader::layer_input(const OnnxNode& node, std::size_t input) {
  Result<Value*> value = value_input(node, input);
  if (!value || (*value)->layer != 0) return value;
  if (Done ended = end_pixels(); !ended) return ended.error();
  return value;
}

Result<OnnxReader::Value*> OnnxReader::maps_input(const OnnxNode& node) {
  Result<Value*> value = layer_input(node);
  if (value && (*value)->order != Order::maps)
    return wrong("its input does not have the layout [N, C, H, W]");
  return value;
}

/// Called for the first layer that reads the input. Our models get pixels divided by 255; any other factor of
/// the graph becomes a Rescaling layer.
OnnxReader::Done OnnxReader::end_pixels() {
  if (pixels_done_) return {};
  pixels_done_ = true;
  constexpr double largest = 255, tolerance = 1e-4;
  const double factor = bytes_in_ ? scale_ * largest : is_per_byte(scale_) ? 1 : scale_;
  if (std::abs(factor - 1) < tolerance) return {};
  const Result<int> layer = add_layer("Rescaling", "rescaling", Json::object({{"scale", factor}}), {0});
  if (!layer) return layer.error();
  for (auto& [name, value] : values_) value.layer = *layer;  // so far the input is the only layer
  return {};
}

bool OnnxReader::is_per_byte(double scale) {
  constexpr double tolerance = 1e-4;
  return std::abs(scale * 255 - 1) < tolerance;
}

void OnnxReader::give(const OnnxNode& node, Value value) { values_[node.outputs[0]] = value; }

void OnnxReader::give_same(const OnnxNode& node, Value value) {
  value.shared = value.shared || readers_[node.inputs[0]] > 1;
  give(node, value);
}

/// If true, the node may be merged into the layer that made the value.
bool OnnxReader::is_only_reader(const OnnxNode& node, std::size_t input, const Value& value) const {
  const auto readers = readers_.find(node.inputs[input]);
  return !value.shared && readers != readers_.end() && readers->second == 1;
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

Result<LoadedModel> import_onnx(std::span<const std::uint8_t> bytes, const ModelLimits& limits) {
  const Result<OnnxFile> file = read_onnx_file(bytes);
  if (!file) return file.error();
  OnnxReader reader(*file);
  if (Result<void> read = reader.read(); !read) return read.error();
  Result<Model> model = Model::from_config(reader.config(), limits_for_file(bytes.size(), limits));
  if (!model) return Error{"bad_model_file", "ONNX: " + model.error().message, model.error().layer};
  std::size_t parameter = 0;
  for (const OnnxReader::Made& made : reader.layers()) {
    for (const std::vector<float>& weights : made.weights) {
      if (parameter == model->parameters().size()) break;
      const std::span<float> value = model->parameters()[parameter++].value;
      std::copy_n(weights.begin(), std::min(weights.size(), value.size()), value.begin());
    }
  }
  // Bytes that the graph scales became pixels from 0 to 1. Of numbers the weights tell more than the configuration.
  const bool bytes_in = std::any_of(file->inputs.begin(), file->inputs.end(),
                                    [](const OnnxValue& input) { return input.type == OnnxType::uint8; });
  model->set_input_range(bytes_in ? InputRange::unit : model->range_by_weights());
  ModelNotes notes;
  for (const auto& [key, text] : file->metadata) {
    if (key != "class_names") continue;
    const Result<Json> names = parse_json(text);
    if (!names || !names->elements()) continue;  // another tool's, in a different form
    for (const Json& name : *names->elements()) {
      if (name.string()) notes.class_names.push_back(*name.string());
    }
  }
  return LoadedModel{std::move(*model), std::move(notes), true, {}, {}};
}

}  // namespace cnn
