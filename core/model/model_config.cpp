// Reads and writes Keras configurations.
#include <algorithm>
#include <unordered_map>

#include "core/base/names.h"
#include "core/layers/input_layer.h"
#include "core/model/model_graph.h"
#include "core/model/plain_config.h"
#include "core/model/plain_layer.h"

namespace cnn {
namespace {

/// Keys of every layer's config that are not fields of the layer. dtype is ignored: everything is float32.
constexpr std::string_view kCommonKeys[] = {"name",
                                            "trainable",
                                            "dtype",
                                            "batch_input_shape",
                                            "batch_shape",
                                            "input_shape",
                                            "input_dtype",
                                            "autocast",
                                            "dynamic",
                                            "batch_size",
                                            "quantization_config",
                                            "quantization_mode",
                                            "activity_regularizer"};

struct Entry {
  std::string class_name, name;
  const Json* config = nullptr;   // null: all defaults
  const Json* inbound = nullptr;  // inbound_nodes of a Functional model
};

Error bad_config(std::string message, int layer) { return {"bad_config", std::move(message), layer}; }

const std::string* string_at(const Json* object, std::string_view key) {
  const Json* value = object ? object->find(key) : nullptr;
  return value ? value->string() : nullptr;
}

void collect_inputs(const Json& json, std::vector<std::string>& names) {
  std::vector<KerasTensor> tensors;
  collect_tensors(json, tensors);
  for (KerasTensor& tensor : tensors) names.push_back(std::move(tensor.layer));
}

class Reader {
 public:
  Reader(const Json& config, const ModelLimits& limits)
      : config_(config), graph_(std::make_unique<Model::Graph>()) {
    graph_->limits = limits;
  }

  Result<std::unique_ptr<Model::Graph>> read() {
    if (Result<void> done = read_entries(); !done) return done.error();
    if (Result<void> done = name_entries(); !done) return done.error();
    if (Result<void> done = make_layers(); !done) return done.error();
    if (Result<void> done = graph_->sequential ? connect_sequential() : connect_functional(); !done)
      return done.error();
    if (Result<void> done = graph_->connect(); !done) return done.error();
    if (Result<void> done = read_input_range(); !done) return done.error();
    return std::move(graph_);
  }

 private:
  Result<void> read_entries() {
    const std::string* class_name = string_at(&config_, "class_name");
    if (!class_name ||
        (*class_name != "Sequential" && *class_name != "Functional" && *class_name != "Model")) {
      return Error{"bad_config", "model: class_name must be \"Sequential\" or \"Functional\"" +
                                     (class_name ? ", not \"" + *class_name + "\""
                                                 : std::string("; this is not a Keras configuration"))};
    }
    graph_->sequential = *class_name == "Sequential";
    model_ = config_.find("config");
    const Json* layers = model_ && model_->elements() ? model_ : model_ ? model_->find("layers") : nullptr;
    if (!layers || !layers->elements() || layers->elements()->empty()) {
      return Error{"bad_config", "model: config must hold a list \"layers\" with at least one layer"};
    }
    if (static_cast<int>(layers->elements()->size()) > graph_->limits.max_layers) {
      return Error{"bad_config", "model: " + std::to_string(layers->elements()->size()) +
                                     " layers; at most " + std::to_string(graph_->limits.max_layers) +
                                     " are supported"};
    }
    const std::string* name = string_at(model_, "name");
    graph_->name = name && !name->empty() ? *name : graph_->sequential ? "sequential" : "model";
    for (const Json& layer : *layers->elements()) {
      const int index = static_cast<int>(entries_.size());
      const std::string* layer_class = string_at(&layer, "class_name");
      if (!layer_class)
        return bad_config("layer " + std::to_string(index) + ": class_name is missing", index);
      Entry entry{*layer_class, "", layer.find("config"), layer.find("inbound_nodes")};
      const std::string* own_name = string_at(&layer, "name");
      if (!own_name) own_name = string_at(entry.config, "name");
      if (own_name) entry.name = *own_name;
      entries_.push_back(std::move(entry));
    }
    return {};
  }

  Result<void> name_entries() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].name.empty()) continue;
      if (!index_.emplace(entries_[i].name, static_cast<int>(i)).second) {
        return bad_config(entries_[i].name + ": two layers have this name", static_cast<int>(i));
      }
    }
    std::unordered_map<std::string, int> used;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!entries_[i].name.empty()) continue;
      const std::string base = snake_case(entries_[i].class_name);
      int& number = used[base];
      do {
        entries_[i].name = number == 0 ? base : base + "_" + std::to_string(number);
        ++number;
      } while (!index_.emplace(entries_[i].name, static_cast<int>(i)).second);
    }
    return {};
  }

  Result<void> make_layers() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      const int index = static_cast<int>(i);
      std::unique_ptr<Layer> layer = make_layer(entry.class_name);
      if (!layer) {
        return bad_config(entry.name + ": there is no layer \"" + entry.class_name + "\"; " +
                              std::string(instead_of(entry.class_name)),
                          index);
      }
      layer->name = entry.name;
      const Json nothing = Json::object();
      const Json& config = entry.config && !entry.config->is_null() ? *entry.config : nothing;
      if (Result<void> read = read_layer(*layer, config); !read)
        return bad_config(read.error().message, index);
      Node node;
      node.layer = std::move(layer);
      graph_->nodes.push_back(std::move(node));
    }
    return {};
  }

  static Result<void> read_layer(Layer& layer, const Json& config) {
    if (const Json* trainable = config.find("trainable"); trainable && !trainable->is_null()) {
      if (!trainable->boolean()) {
        return Error{"bad_config",
                     layer.name + ": trainable must be true or false, not " + trainable->dump()};
      }
      layer.trainable = *trainable->boolean();
    }
    return read_fields(config, layer.name, kCommonKeys, [&](Fields& fields) { layer.fields(fields); });
  }

  Result<void> read_input_range() {
    InputRange range = graph_->range_of_first_layers(false);
    if (config_.find("input_range")) {
      constexpr std::string_view others[] = {"class_name", "config"};
      Json own = Json::object({{"input_range", *config_.find("input_range")}});
      const auto describe = [&](Fields& field) { field("input_range", range, ""); };
      if (Result<void> read = read_fields(own, "model", others, describe); !read) return read;
    }
    if (range == graph_->input_range()) return {};
    graph_->input_range() = range;
    graph_->connect_again();
    return {};
  }

  static bool is_input(const Node& node) { return node.layer->class_name() == "InputLayer"; }

  /// For a Sequential model without InputLayer, whose first layer gives the input's shape.
  Result<void> add_input_layer() {
    auto input = std::make_unique<InputLayer>();
    for (input->name = "input_layer"; index_.count(input->name) > 0;) input->name += "_";
    const Json* list = model_->elements() ? model_ : model_->find("layers");
    Json shape = input_shape_of(list->elements()->front());
    if (shape.is_null()) shape = input_shape_of(config_);
    if (shape.is_null()) {
      return bad_config(
          entries_.front().name +
              ": the first layer must give the pictures' shape: \"batch_input_shape\": [null, 32, 32, 3]",
          0);
    }
    const Json given = Json::object({{"batch_input_shape", std::move(shape)}});
    if (Result<void> read = read_layer(*input, given); !read) {
      return bad_config(entries_.front().name + read.error().message.substr(input->name.size()), 0);
    }
    Node node;
    node.layer = std::move(input);
    graph_->nodes.insert(graph_->nodes.begin(), std::move(node));
    return {};
  }

  Result<void> connect_sequential() {
    if (!is_input(graph_->nodes.front())) {
      if (Result<void> added = add_input_layer(); !added) return added;
    }
    for (std::size_t i = 1; i < graph_->nodes.size(); ++i) {
      const int index = static_cast<int>(i);
      if (is_input(graph_->nodes[i])) {
        return bad_config(graph_->nodes[i].layer->name + ": an InputLayer must be the first layer", index);
      }
      graph_->nodes[i].inputs = {index - 1};
    }
    graph_->input_node = 0;
    graph_->output_node = static_cast<int>(graph_->nodes.size()) - 1;
    return {};
  }

  /// Index of the single layer that input_layers or output_layers (`key`) names.
  Result<int> end(std::string_view key) {
    std::vector<std::string> names;
    if (const Json* list = model_->find(key)) {
      collect_inputs(*list, names);
    }
    if (names.size() > 1) {
      return Error{"bad_config", "model: it has " + std::to_string(names.size()) + " " +
                                     (key == "input_layers" ? "inputs" : "outputs") +
                                     ", and a classifier has one; make a model of one: "
                                     "keras.Model(model.inputs[0], model.outputs[0])"};
    }
    if (names.size() != 1 || index_.count(names[0]) == 0) {
      return Error{"bad_config",
                   "model: " + std::string(key) + " must name one layer, like [[\"dense\", 0, 0]]"};
    }
    return index_[names[0]];
  }

  Result<void> connect_functional() {
    const Result<int> input = end("input_layers"), output = end("output_layers");
    if (!input) return input.error();
    if (!output) return output.error();
    std::vector<std::vector<int>> inputs(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const int index = static_cast<int>(i);
      std::vector<std::string> names;
      if (entries_[i].inbound) collect_inputs(*entries_[i].inbound, names);
      for (const std::string& name : names) {
        const auto found = index_.find(name);
        if (found == index_.end()) {
          return bad_config(entries_[i].name + ": its input \"" + name + "\" is not a layer of this model",
                            index);
        }
        inputs[i].push_back(found->second);
      }
      if (is_input(graph_->nodes[i]) != (index == *input) || (index == *input && !names.empty())) {
        return bad_config(
            entries_[i].name + ": the model must have one input, an InputLayer named in input_layers", index);
      }
    }
    if (Result<void> used = check_used(inputs, *output); !used) return used;
    return sort(inputs, *input, *output);
  }

  /// An error if a layer does not lead to the output.
  Result<void> check_used(const std::vector<std::vector<int>>& inputs, int output) {
    std::vector<char> used(inputs.size(), 0);
    std::vector<int> open{output};
    while (!open.empty()) {
      const auto index = static_cast<std::size_t>(open.back());
      open.pop_back();
      if (used[index]) continue;
      used[index] = 1;
      open.insert(open.end(), inputs[index].begin(), inputs[index].end());
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) {
        return bad_config(entries_[i].name + ": no layer uses its output; connect it or remove it",
                          static_cast<int>(i));
      }
    }
    return {};
  }

  /// Puts inputs before the layers that read them; otherwise keeps the configuration's order.
  Result<void> sort(const std::vector<std::vector<int>>& inputs, int input, int output) {
    const std::size_t n = inputs.size();
    std::vector<int> place(n, -1), order;
    bool moved = true;
    while (order.size() < n && moved) {
      moved = false;
      for (std::size_t i = 0; i < n; ++i) {
        const auto is_placed = [&](int from) { return place[static_cast<std::size_t>(from)] >= 0; };
        if (place[i] >= 0 || !std::all_of(inputs[i].begin(), inputs[i].end(), is_placed)) continue;
        place[i] = static_cast<int>(order.size());
        order.push_back(static_cast<int>(i));
        moved = true;
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (place[i] < 0) {
        return bad_config(entries_[i].name + ": its inputs form a cycle", static_cast<int>(i));
      }
    }
    std::vector<Node> nodes;
    for (const int i : order) {
      Node node = std::move(graph_->nodes[static_cast<std::size_t>(i)]);
      for (const int from : inputs[static_cast<std::size_t>(i)]) {
        node.inputs.push_back(place[static_cast<std::size_t>(from)]);
      }
      nodes.push_back(std::move(node));
    }
    graph_->nodes = std::move(nodes);
    graph_->input_node = place[static_cast<std::size_t>(input)];
    graph_->output_node = place[static_cast<std::size_t>(output)];
    return {};
  }

  const Json& config_;
  const Json* model_ = nullptr;
  std::unique_ptr<Model::Graph> graph_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, int> index_;  // by name
};

Json tensor(const std::string& layer) { return Json::array({layer, 0, 0}); }

}  // namespace

Result<Model> Model::from_config(const Json& config, const ModelLimits& limits) {
  LeftOut left_out;
  const Result<Json> plain = plain_config(config, limits, left_out);
  if (!plain) return plain.error();
  Result<std::unique_ptr<Graph>> graph = Reader(*plain, limits).read();
  if (!graph) return graph.error();
  (*graph)->left_out = std::move(left_out.lines);
  (*graph)->copies = std::move(left_out.copies);
  return Model(std::move(*graph));
}

Json Model::config() const {
  Json json;
  json["class_name"] = graph_->sequential ? "Sequential" : "Functional";
  Json& model = json["config"];
  model["name"] = graph_->name;
  Json layers = Json::array();
  for (const Node& node : graph_->nodes) {
    Json config;
    config["name"] = node.layer->name;
    config["trainable"] = node.layer->trainable;
    write_fields(config, [&](Fields& fields) { node.layer->fields(fields); });
    Json entry;
    entry["class_name"] = node.layer->class_name();
    entry["config"] = std::move(config);
    if (!graph_->sequential) {
      entry["name"] = node.layer->name;
      Json inbound = Json::array();
      for (const int input : node.inputs) {
        inbound.push_back(
            Json::array({graph_->nodes[static_cast<std::size_t>(input)].layer->name, 0, 0, Json::object()}));
      }
      entry["inbound_nodes"] = node.inputs.empty() ? Json::array() : Json::array({std::move(inbound)});
    }
    layers.push_back(std::move(entry));
  }
  model["layers"] = std::move(layers);
  if (!graph_->sequential) {
    const auto name = [&](int node) { return graph_->nodes[static_cast<std::size_t>(node)].layer->name; };
    model["input_layers"] = Json::array({tensor(name(graph_->input_node))});
    model["output_layers"] = Json::array({tensor(name(graph_->output_node))});
  }
  // Omitted if the first layers imply the same range, so that editing them keeps working.
  const InputRange range = input_range();
  if (range != graph_->range_of_first_layers(false))
    json["input_range"] = names_of(range)[static_cast<std::size_t>(range)];
  return json;
}

}  // namespace cnn
