#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "core/formats/tfjs.h"

namespace cnn {
namespace {

/// Our layer classes that @tensorflow/tfjs-layers 4.22 supports.
constexpr std::string_view kLayers[] = {"InputLayer",
                                        "Conv2D",
                                        "DepthwiseConv2D",
                                        "MaxPooling2D",
                                        "AveragePooling2D",
                                        "GlobalAveragePooling2D",
                                        "Flatten",
                                        "Dense",
                                        "Dropout",
                                        "Activation",
                                        "ReLU",
                                        "LeakyReLU",
                                        "ELU",
                                        "Softmax",
                                        "Add",
                                        "Multiply",
                                        "Concatenate",
                                        "ZeroPadding2D",
                                        "SeparableConv2D",
                                        "GlobalMaxPooling2D",
                                        "LayerNormalization",
                                        "PReLU",
                                        "Rescaling",
                                        "BatchNormalization"};
constexpr std::string_view kShard = "group1-shard1of1.bin";

bool knows_layer(std::string_view class_name) {
  return std::find(std::begin(kLayers), std::end(kLayers), class_name) != std::end(kLayers);
}

/// The layer that replaces an activation without a TensorFlow.js name; null where there is a name.
Json activation_layer(const ActivationSpec& spec) {
  if (spec.kind == Activation::leaky_relu)
    return Json::object({{"class_name", "LeakyReLU"}, {"config", Json::object({{"alpha", spec.alpha}})}});
  if (spec.kind == Activation::relu6 && spec.alpha != ActivationSpec::relu6_limit)
    return Json::object({{"class_name", "ReLU"}, {"config", Json::object({{"max_value", spec.alpha}})}});
  return {};
}

/// TensorFlow.js's hard_sigmoid is Keras 2's.
constexpr double kHardSigmoidSlope = 0.2;

/// TensorFlow.js's word for an activation, where it differs from ours; else null.
Json other_word(const ActivationSpec& spec) {
  if (spec.kind == Activation::silu) return "swish";
  if (spec.kind == Activation::hard_sigmoid) return "hard_sigmoid";
  return {};
}

/// Why TensorFlow.js cannot load a layer, or "".
std::string lacking(const Layer& layer, const Json& config) {
  const ActivationSpec spec = layer.activation();
  if (spec.kind == Activation::elu && spec.alpha != ActivationSpec::elu_alpha) {
    return "TensorFlow.js supports elu with alpha 1 only, not " + to_text(spec.alpha) + ".";
  }
  // It supports gelu_new, but renames it when it loads a file (4.22: "Unknown activation: geluNew").
  if (spec.kind == Activation::gelu_tanh) return "TensorFlow.js cannot load gelu_new; use gelu.";
  if (spec.kind == Activation::hard_silu) return "TensorFlow.js has no hard_silu; use silu.";
  if (spec.kind == Activation::hard_sigmoid && std::abs(spec.alpha - kHardSigmoidSlope) > 1e-6)
    return "TensorFlow.js's hard_sigmoid has the slope 0.2, not " + to_text(spec.alpha) + "; use sigmoid.";
  if (spec.whole) return "TensorFlow.js's softmax is over the channels, not over the whole picture.";
  if (config.find("batch_statistics"))
    return "TensorFlow.js normalizes with moving averages, not with the batch's own statistics.";
  const Json* padding = config.find("padding");
  if (padding && padding->elements() && layer.group() == "Pooling")
    return "TensorFlow.js pads pooling as \"same\" does only; export as ONNX or safetensors.";
  return "";
}

class Writer {
 public:
  explicit Writer(const Model& model) : model_(model), own_(model.config()) {}

  Result<void> write() {
    const bool sequential = *own_.find("class_name")->string() == "Sequential";
    const Json::Array& entries = *own_.find("config")->find("layers")->elements();
    // Reserve all names first, so that names made up here do not collide with them.
    for (int i = 0; i < model_.layer_count(); ++i) names_.push_back(unique(model_.layer(i).name));
    for (int i = 0; i < model_.layer_count(); ++i) {
      if (Result<void> done = write_layer(i, entries[static_cast<std::size_t>(i)]); !done) return done;
    }
    Json config = Json::object({{"name", unique(model_.name())}, {"layers", Json::array()}});
    for (Json& layer : layers_) {
      if (sequential) layer.erase("inbound_nodes");
      config["layers"].push_back(std::move(layer));
    }
    if (!sequential) {
      config["input_layers"] = Json::array({Json::array({outputs_.front(), 0, 0})});
      config["output_layers"] = Json::array({Json::array({outputs_.back(), 0, 0})});
    }
    topology_ =
        Json::object({{"class_name", sequential ? "Sequential" : "Model"}, {"config", std::move(config)}});
    return {};
  }
  Json take_topology() { return std::move(topology_); }
  const std::string& name(int layer) const { return names_[static_cast<std::size_t>(layer)]; }

 private:
  /// A unique name with only the characters that TensorFlow.js allows in tensor names.
  std::string unique(std::string name) {
    const auto is_letter = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    for (char& c : name) c = is_letter(c) || c == '-' || c == '.' || c == '_' ? c : '_';
    if (name.empty() || !is_letter(name[0])) name = "layer" + name;
    const std::string base = name;
    for (int number = 1; !used_.insert(name).second; ++number) name = base + "_" + std::to_string(number);
    return name;
  }

  void add(Json layer, const std::string& name, const std::vector<std::string>& inputs) {
    layer["config"]["name"] = name;
    Json inbound = Json::array();
    for (const std::string& input : inputs) inbound.push_back(Json::array({input, 0, 0, Json::object()}));
    layer["name"] = name;
    layer["inbound_nodes"] = inputs.empty() ? Json::array() : Json::array({std::move(inbound)});
    layers_.push_back(std::move(layer));
  }

  Result<void> write_layer(int index, const Json& entry) {
    const Layer& layer = model_.layer(index);
    std::vector<std::string> inputs;
    for (const int input : model_.layer_inputs(index))
      inputs.push_back(outputs_[static_cast<std::size_t>(input)]);
    const std::string& name = names_[static_cast<std::size_t>(index)];
    if (!knows_layer(layer.class_name())) {
      if (!layer.is_identity(false)) {
        return Error{"bad_config",
                     "TensorFlow.js: " + layer.name + ": there is no " + std::string(layer.class_name()) +
                         " in TensorFlow.js; export as ONNX or safetensors, or build the model without it.",
                     index};
      }
      outputs_.push_back(inputs[0]);
      return {};
    }
    if (const std::string lacks = lacking(layer, *entry.find("config")); !lacks.empty()) {
      return Error{"bad_config", "TensorFlow.js: " + layer.name + ": " + lacks, index};
    }
    Json written = Json::object({{"class_name", layer.class_name()}, {"config", *entry.find("config")}});
    Json after = activation_layer(layer.activation());
    Json& config = written["config"];
    // The file contains the weights, so initializers that TensorFlow.js lacks can be replaced.
    for (auto& [key, value] : *config.members()) {
      if (key.ends_with("_regularizer")) {  // TensorFlow.js has no names for regularizers
        Regularizer penalty;
        if (penalty.from_json(value).empty())
          value = Json::object(
              {{"class_name", "L1L2"}, {"config", Json::object({{"l1", penalty.l1}, {"l2", penalty.l2}})}});
      }
      if (value == Json("dirac") || value == Json("whitening")) value = "glorot_uniform";
    }
    if (Json word = other_word(layer.activation()); !word.is_null()) config["activation"] = std::move(word);
    if (Json* padding = config.find("padding");
        padding && padding->elements() && layer.class_name() != "ZeroPadding2D") {  // a layer of its own
      const std::string border = unique(name + "_padding");
      add(Json::object({{"class_name", "ZeroPadding2D"}, {"config", Json::object({{"padding", *padding}})}}),
          border, inputs);
      *padding = "valid";
      inputs = {border};
    }
    if (layer.is_identity(true) && !after.is_null()) {  // only an activation
      add(std::move(after), name, inputs);
    } else {
      if (config.find("activation") && !after.is_null()) config["activation"] = "linear";
      add(std::move(written), name, inputs);
      if (!after.is_null()) {
        const std::string second = unique(name + "_activation");
        add(std::move(after), second, {name});
        outputs_.push_back(second);
        return {};
      }
    }
    outputs_.push_back(name);
    return {};
  }

  const Model& model_;
  const Json own_;
  Json topology_;
  std::vector<Json> layers_;
  std::vector<std::string> names_, outputs_;  // by layer of the model
  std::set<std::string> used_;
};

}  // namespace

Result<std::vector<ModelFile>> export_tfjs(const Model& model, std::span<const std::string> class_names) {
  Writer writer(model);
  if (Result<void> written = writer.write(); !written) return written.error();
  Json weights = Json::array();
  std::vector<std::uint8_t> numbers;
  for (const Parameter& parameter : model.parameters()) {
    Json shape = Json::array();
    for (const int size : parameter.shape) shape.push_back(size);
    const std::string own_name =
        parameter.name.substr(model.layer(parameter.layer).name.size());  // "/kernel"
    weights.push_back(Json::object({{"name", writer.name(parameter.layer) + own_name},
                                    {"shape", std::move(shape)},
                                    {"dtype", "float32"}}));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(parameter.value.data());
    numbers.insert(numbers.end(), bytes, bytes + parameter.value.size_bytes());
  }
  Json topology = Json::object(
      {{"keras_version", "2.15.0"}, {"backend", "tensorflow"}, {"model_config", writer.take_topology()}});
  Json json =
      Json::object({{"format", "layers-model"}, {"generatedBy", "cnn-playground"}, {"convertedBy", Json()}});
  json["modelTopology"] = std::move(topology);
  json["weightsManifest"] =
      Json::array({Json::object({{"paths", Json::array({kShard})}, {"weights", std::move(weights)}})});
  const InputRange range = model.input_range();
  Json& about = json["userDefinedMetadata"];
  about["input_range"] = names_of(range)[static_cast<std::size_t>(range)];
  if (!class_names.empty()) {
    Json names = Json::array();
    for (const std::string& name : class_names) names.push_back(name);
    about["class_names"] = std::move(names);
  }
  const std::string text = json.dump();
  std::vector<ModelFile> files;
  files.push_back({"model.json", {text.begin(), text.end()}});
  files.push_back({std::string(kShard), std::move(numbers)});
  return files;
}

}  // namespace cnn
