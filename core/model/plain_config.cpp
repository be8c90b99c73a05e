#include "core/model/plain_config.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/base/names.h"
#include "core/layers/layer.h"
#include "core/model/plain_layer.h"

namespace cnn {
namespace {

const std::string* text_at(const Json* object, std::string_view key) {
  const Json* value = object ? object->find(key) : nullptr;
  return value ? value->string() : nullptr;
}

bool is_model(std::string_view class_name) {
  return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
}

bool is_global_pooling(std::string_view class_name) {
  return class_name == "GlobalAveragePooling2D" || class_name == "GlobalMaxPooling2D";
}

/// The list of layers of a model's entry; null if it has none.
const Json::Array* layers_of(const Json& entry) {
  const Json* model = entry.find("config");
  const Json* layers = !model ? nullptr : model->elements() ? model : model->find("layers");
  return layers ? layers->elements() : nullptr;
}

std::size_t uses_of(const Json& layer) {
  const Json* inbound = layer.find("inbound_nodes");
  return inbound && inbound->elements() ? inbound->elements()->size() : 0;
}

bool is_plain(const Json& layer) {
  const std::string* class_name = text_at(&layer, "class_name");
  const Json* config = layer.find("config");
  if (!class_name) return true;  // the reader reports this error
  if (is_model(*class_name) || trains_only(*class_name) || is_flatten(*class_name, config) ||
      is_cell(*class_name, config) || has_own_form(*class_name, config) || uses_of(layer) > 1)
    return false;
  return !config || !config->members() ||
         std::none_of(config->members()->begin(), config->members()->end(), is_unknown_word);
}

Json tensor(const std::string& layer) { return Json::array({layer, 0, 0, Json::object()}); }

class Flattener {
 public:
  Flattener(const ModelLimits& limits, LeftOut& left_out) : limits_(limits), left_out_(left_out) {}

  Result<Json> flatten(const Json& config) {
    const Result<std::string> output = add_model(config, {}, true, "");
    if (!output) return output.error();
    while (replace_cell(*output)) {
    }
    const std::string* name = text_at(config.find("config"), "name");
    const bool chain = is_chain() && *output == names_.back();
    Json model = Json::object({{"name", name ? *name : std::string()}, {"layers", Json::array()}});
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      Json inbound = Json::array();
      for (const std::string& input : inputs_[i]) inbound.push_back(tensor(input));
      if (!chain)
        layers_[i]["inbound_nodes"] = inputs_[i].empty() ? Json::array() : Json::array({std::move(inbound)});
      model["layers"].push_back(std::move(layers_[i]));
    }
    if (!chain) {
      model["input_layers"] = Json::array({tensor(names_.empty() ? "" : names_.front())});
      model["output_layers"] = Json::array({tensor(*output)});
    }
    Json plain =
        Json::object({{"class_name", chain ? "Sequential" : "Functional"}, {"config", std::move(model)}});
    if (const Json* range = config.find("input_range")) plain["input_range"] = *range;
    return plain;
  }

 private:
  static Error bad(const std::string& message) { return {"bad_config", message}; }

  Error too_many() const {
    return bad("model: more than " + std::to_string(limits_.max_layers) + " layers; no more are supported");
  }

  bool is_chain() const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const std::vector<std::string> before =
          i == 0 ? std::vector<std::string>() : std::vector{names_[i - 1]};
      if (inputs_[i] != before) return false;
    }
    return !names_.empty();
  }

  /// Replaces one Reshape of a row to maps of one cell: after a global pooling by its keepdims; before
  /// Multiply by nothing, as it takes one number for each channel. False: there is none left.
  bool replace_cell(const std::string& output) {
    const auto class_of = [&](std::size_t layer) { return *text_at(&layers_[layer], "class_name"); };
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!is_cell(class_of(i), layers_[i].find("config")) || inputs_[i].size() != 1 || names_[i] == output)
        continue;
      std::size_t before = 0, readers = 0;
      while (before < names_.size() && names_[before] != inputs_[i][0]) ++before;
      bool multiplies = true;
      for (std::size_t k = 0; k < layers_.size(); ++k) {
        const auto reads = [&](std::size_t layer) {
          return std::find(inputs_[k].begin(), inputs_[k].end(), names_[layer]) != inputs_[k].end();
        };
        if (reads(i) && class_of(k) != "Multiply") multiplies = false;
        if (before < names_.size() && reads(before)) ++readers;
      }
      if (before < names_.size() && is_global_pooling(class_of(before))) {
        Json& config = layers_[before]["config"];
        if (readers > 1) {  // others need the row
          layers_[i]["class_name"] = class_of(before);
          layers_[i]["config"] = Json::object({{"name", names_[i]}, {"keepdims", true}});
          inputs_[i] = inputs_[before];
          return true;
        }
        config["keepdims"] = true;
      } else if (!multiplies) {
        continue;
      }
      const std::string gone = names_[i], instead = inputs_[i][0];
      const auto at = static_cast<std::ptrdiff_t>(i);
      layers_.erase(layers_.begin() + at), names_.erase(names_.begin() + at),
          inputs_.erase(inputs_.begin() + at);
      for (std::vector<std::string>& inputs : inputs_)
        std::replace(inputs.begin(), inputs.end(), gone, instead);
      return true;
    }
    return false;
  }

  std::string unique(const std::string& wanted, const std::string& model) {
    if (used_.insert(wanted).second) return wanted;
    std::string base = model.empty() ? wanted : model + "_" + wanted, name = base;
    for (int number = 1; !used_.insert(name).second; ++number) name = base + "_" + std::to_string(number);
    return name;
  }

  /// Adds one layer; returns the name of what the layers after it read.
  Result<std::string> add(const Json& layer, const std::string& class_name, const std::string& wanted,
                          std::vector<std::string> inputs, bool trainable, const std::string& model) {
    if (static_cast<int>(layers_.size()) > limits_.max_layers) return too_many();
    if (trains_only(class_name) && inputs.size() == 1) {
      left_out_.lines.push_back(wanted + " (" + class_name + ")");
      return inputs[0];
    }
    const Json* own = layer.find("config");
    Json config = own && own->members() ? *own : Json::object();
    std::string kind = is_flatten(class_name, own) ? "Flatten" : class_name;
    if (kind != class_name) config = Json::object();
    if (const std::string problem = make_plain(kind, config); !problem.empty())
      return bad(wanted + ": " + problem);
    std::erase_if(*config.members(), [&](const Json::Member& member) {
      if (!is_unknown_word(member)) return false;
      const std::string* word = text_at(&member.second, "class_name");
      if (!word) word = member.second.string();
      left_out_.lines.push_back(wanted + ": " + member.first + " " +
                                (word ? *word : std::string("of its own")));
      return true;
    });
    const std::string name = unique(wanted, model);
    config["name"] = name;
    if (!trainable) config["trainable"] = false;
    layers_.push_back(Json::object({{"class_name", kind}, {"config", std::move(config)}}));
    layers_.back()["name"] = name;
    names_.push_back(name);
    inputs_.push_back(std::move(inputs));
    return name;
  }

  Result<std::string> add_entry(const Json& layer, std::vector<std::string> inputs, bool trainable,
                                const std::string& model) {
    const std::string* class_name = text_at(&layer, "class_name");
    if (!class_name) return bad("model: a layer has no class_name");
    if (++visited_ > 4 * limits_.max_layers) return too_many();  // models in models may double at each level
    if (is_model(*class_name)) return add_model(layer, inputs, trainable, name_of(layer));
    return add(layer, *class_name, name_of(layer), std::move(inputs), trainable, model);
  }

  std::string name_of(const Json& layer) {
    const std::string* name = text_at(&layer, "name");
    if (!name) name = text_at(layer.find("config"), "name");
    if (name && !name->empty()) return *name;
    const std::string* class_name = text_at(&layer, "class_name");
    return snake_case(class_name ? *class_name : "layer");
  }

  /// The layers of a model, which reads `feeds`; of none if it is the outermost. Returns its output.
  Result<std::string> add_model(const Json& entry, const std::vector<std::string>& feeds, bool trainable,
                                const std::string& name) {
    const Json* flag = entry.find("config") ? entry.find("config")->find("trainable") : nullptr;
    if (flag && flag->boolean() && !*flag->boolean()) trainable = false;
    const Json::Array* layers = layers_of(entry);
    if (!layers || layers->empty())
      return bad((name.empty() ? "model" : name) +
                 ": config must hold a list \"layers\" with at least one layer");
    std::size_t uses = 0;
    for (const Json& layer : *layers) uses += 1 + uses_of(layer);
    if (uses > 2 * static_cast<std::size_t>(limits_.max_layers)) return too_many();
    return *text_at(&entry, "class_name") == "Sequential" ? add_chain(entry, *layers, feeds, trainable, name)
                                                          : add_graph(entry, *layers, feeds, trainable, name);
  }

  Result<std::string> add_chain(const Json& entry, const Json::Array& layers,
                                const std::vector<std::string>& feeds, bool trainable,
                                const std::string& model) {
    if (feeds.size() > 1) return bad(model + ": it takes one input, not " + std::to_string(feeds.size()));
    std::string before = feeds.empty() ? "" : feeds[0];
    for (const Json& layer : layers) {
      const std::string* class_name = text_at(&layer, "class_name");
      if (class_name && *class_name == "InputLayer" && !before.empty()) continue;  // of a model inside
      std::vector<std::string> inputs;
      const bool begins = class_name && (*class_name == "InputLayer" || is_model(*class_name));
      if (before.empty() && !begins) {
        Json shape = input_shape_of(layer);
        if (shape.is_null()) shape = input_shape_of(entry);
        if (shape.is_null())
          return bad(
              name_of(layer) +
              ": the first layer must give the pictures' shape: \"batch_input_shape\": [null, 32, 32, 3]");
        const Json input =
            Json::object({{"config", Json::object({{"batch_input_shape", std::move(shape)}})}});
        Result<std::string> added = add(input, "InputLayer", "input_layer", {}, true, model);
        if (!added) return added;
        before = *added;
      }
      if (!before.empty()) inputs.push_back(before);
      Result<std::string> added = add_entry(layer, std::move(inputs), trainable, model);
      if (!added) return added;
      before = *added;
    }
    return before;
  }

  Result<std::string> add_graph(const Json& entry, const Json::Array& layers,
                                const std::vector<std::string>& feeds, bool trainable,
                                const std::string& model) {
    std::map<std::pair<std::string, int>, std::string> made;  // by layer and use
    const Json& config = *entry.find("config");
    const auto ends = [&](std::string_view key) {
      std::vector<KerasTensor> tensors;
      if (const Json* list = config.find(key)) collect_tensors(*list, tensors);
      return tensors;
    };
    const std::vector<KerasTensor> inputs = ends("input_layers"), outputs = ends("output_layers");
    if (outputs.size() != 1) {
      return bad((model.empty() ? "model" : model) + ": it has " + std::to_string(outputs.size()) +
                 " outputs; a classifier needs exactly one: keras.Model(model.inputs, model.outputs[0])");
    }
    if (!feeds.empty() && feeds.size() != inputs.size())
      return bad(model + ": it takes " + std::to_string(inputs.size()) + " inputs, not " +
                 std::to_string(feeds.size()));
    for (std::size_t i = 0; i < feeds.size(); ++i) made[{inputs[i].layer, 0}] = feeds[i];
    std::set<std::pair<std::size_t, std::size_t>> done;  // layer and use
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string name = name_of(layers[i]);
        const std::size_t uses = std::max<std::size_t>(1, uses_of(layers[i]));
        for (std::size_t use = 0; use < uses; ++use) {
          const auto key = std::pair(name, static_cast<int>(use));
          if (made.count(key) > 0 || done.count({i, use}) > 0) continue;
          std::vector<KerasTensor> from;
          if (uses_of(layers[i]) > 0)
            collect_tensors((*layers[i].find("inbound_nodes")->elements())[use], from);
          std::vector<std::string> read;
          for (const KerasTensor& one : from) {
            const auto found = made.find({one.layer, one.use});
            if (found != made.end()) read.push_back(found->second);
          }
          if (read.size() != from.size()) continue;
          const bool copies = use > 0 && has_weights(layers[i]);
          const std::string* kind = text_at(&layers[i], "class_name");
          if (copies && kind && is_model(*kind)) {
            return bad(
                name + ": it is a model that is used " + std::to_string(uses) +
                " times with the same weights; give each use a model of its own, or export the trained "
                "model as ONNX");
          }
          Result<std::string> added = add_entry(layers[i], std::move(read), trainable, model);
          if (!added) return added;
          if (copies) {
            left_out_.copies.emplace_back(*added, made[{name, 0}]);
            left_out_.lines.push_back(name + ": its use " + std::to_string(use + 1) +
                                      " became a separate layer (" + *added + ") with its own weights");
          }
          made[key] = *added;
          done.insert({i, use});
          moved = true;
        }
      }
    }
    const auto output = made.find({outputs[0].layer, outputs[0].use});
    if (output == made.end())
      return bad(outputs[0].layer + ": its inputs form a cycle, or one of them is not a layer of this model");
    return output->second;
  }

  static bool has_weights(const Json& entry) {
    const std::string* class_name = text_at(&entry, "class_name");
    if (class_name && is_model(*class_name)) {
      const Json::Array* layers = layers_of(entry);
      return layers && std::any_of(layers->begin(), layers->end(), &Flattener::has_weights);
    }
    const std::unique_ptr<Layer> layer = class_name ? make_layer(*class_name) : nullptr;
    return layer && !layer->params(Shape{1, 1, 1}).empty();
  }

  const ModelLimits& limits_;
  LeftOut& left_out_;
  std::vector<Json> layers_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> inputs_;  // by layer: names
  std::set<std::string> used_;
  int visited_ = 0;
};

}  // namespace

void collect_tensors(const Json& json, std::vector<KerasTensor>& tensors) {
  if (const Json::Array* list = json.elements()) {
    if (!list->empty() && list->front().string() && list->size() >= 3) {
      const double* use = (*list)[1].number();
      constexpr double most = 1e6;
      tensors.push_back(
          {*list->front().string(), use && *use >= 0 && *use < most ? static_cast<int>(*use) : 0});
      return;
    }
    for (const Json& element : *list) collect_tensors(element, tensors);
    return;
  }
  if (const Json* args = json.find("args")) {
    collect_tensors(*args, tensors);
  } else if (const Json* config = json.find("config")) {
    if (const Json* history = config->find("keras_history")) collect_tensors(*history, tensors);
  }
}

Json input_shape_of(const Json& entry) {
  const Json* config = entry.find("config");
  const Json* build = entry.find("build_config");
  for (const auto& [object, key, with_batch] :
       {std::tuple(config, "batch_input_shape", true), std::tuple(config, "batch_shape", true),
        std::tuple(config, "input_shape", false), std::tuple(config, "build_input_shape", true),
        std::tuple(build, "input_shape", true)}) {
    const Json* shape = object ? object->find(key) : nullptr;
    if (!shape || !shape->elements()) continue;
    if (with_batch) {
      Json read = *shape;
      if (!read.elements()->empty()) read.elements()->front() = Json();  // a fixed batch size is not kept
      return read;
    }
    Json::Array sizes{Json()};
    sizes.insert(sizes.end(), shape->elements()->begin(), shape->elements()->end());
    return Json::array(std::move(sizes));
  }
  return {};
}

Result<Json> plain_config(const Json& config, const ModelLimits& limits, LeftOut& left_out) {
  const std::string* class_name = text_at(&config, "class_name");
  const Json::Array* layers = layers_of(config);
  if (!class_name || !is_model(*class_name) || !layers ||
      std::all_of(layers->begin(), layers->end(), is_plain))
    return config;
  return Flattener(limits, left_out).flatten(config);
}

}  // namespace cnn
