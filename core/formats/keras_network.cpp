#include "core/formats/keras_network.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <map>

#include "core/base/names.h"
#include "core/formats/python_text.h"
#include "core/layers/depthwise_conv2d.h"
#include "core/layers/separable_conv2d.h"

namespace cnn {
namespace {

/// Classes that Keras lacks, and what to use instead.
constexpr std::pair<std::string_view, std::string_view> kLacking[] = {
    {"SumPooling2D", "use AveragePooling2D"},
    {"Maxout", "use Dense or Conv2D with an activation"},
    {"RandomCutout", "use RandomTranslation or Dropout"},
};

/// Arguments that Keras's own programs write without their names.
struct Positional {
  std::string_view class_name, first, second{};
};
constexpr Positional kPositional[] = {
    {"Conv2D", "filters", "kernel_size"},
    {"SeparableConv2D", "filters", "kernel_size"},
    {"DepthwiseConv2D", "kernel_size"},
    {"AveragePooling2D", "pool_size"},
    {"Dense", "units"},
    {"Dropout", "rate"},
    {"Activation", "activation"},
    {"Rescaling", "scale"},
    {"ZeroPadding2D", "padding"},
    {"RandomFlip", "mode"},
    {"RandomTranslation", "height_factor", "width_factor"},
};

Json fields_of(Layer& layer) {
  Json json = Json::object();
  write_fields(json, [&](Fields& fields) { layer.fields(fields); });
  return json;
}

/// The fields of a layer, of the configuration of its model.
Json layer_config(const Json& model, int index) {
  const Json& entry = (*model.find("config")->find("layers")->elements())[static_cast<std::size_t>(index)];
  Json config = *entry.find("config");
  config.erase("name"), config.erase("trainable");
  return config;
}

/// "keras.regularizers.L1L2(l1=0.1, l2=0)" for {"class_name": ..., "config": {...}}.
std::string as_call(const Json& value, std::string_view module) {
  std::string text;
  for (const auto& [key, argument] : *value.find("config")->members())
    text += (text.empty() ? "" : ", ") + key + "=" + python_value(argument);
  return std::string(module) + "." + *value.find("class_name")->string() + "(" + text + ")";
}

bool is_pair(const Json& value) {
  const Json::Array* both = value.elements();
  return both && both->size() == 2 && (*both)[0].number() && (*both)[0] == (*both)[1];
}

std::string activation(const Json& value) {
  if (value == Json("gelu_new")) return "lambda x: keras.activations.gelu(x, approximate=True)";
  if (!value.find("class_name")) return python_value(value);
  if (*value.find("class_name")->string() != "HardSigmoid") return as_call(value, "layers");
  return "lambda x: keras.ops.clip(" + value.find("config")->find("slope")->dump() + " * x + 0.5, 0, 1)";
}

std::string argument(std::string_view key, const Json& value) {
  if (key == "activation") return activation(value);
  if (key.ends_with("_regularizer") && value.find("class_name")) return as_call(value, "keras.regularizers");
  if (key.ends_with("_initializer") && value.find("class_name")) return as_call(value, "keras.initializers");
  if (is_pair(value)) return python_value((*value.elements())[0]);
  return python_value(value);
}

/// Why Keras cannot do it, or "".
std::string lacking(const Layer& layer, const Json& config) {
  for (const auto& [class_name, instead] : kLacking)
    if (layer.class_name() == class_name)
      return "Keras has no " + std::string(class_name) + "; " + std::string(instead) + ".";
  for (const auto& [key, value] : *config.members()) {
    if (key.ends_with("_initializer") && (value == Json("dirac") || value == Json("whitening")))
      return "Keras has no " + key + " " + *value.string() + "; use he_normal.";
    if (key == "padding" && value.elements() && layer.group() == "Pooling")
      return "Keras pads pooling as \"same\" does only; put a ZeroPadding2D before it.";
    if (key == "fill_mode" && value == Json("mirror")) return "Keras has no fill_mode mirror; use reflect.";
    if (key == "alternate" && value == Json(true))
      return "Keras's RandomFlip does not alternate; switch alternate off.";
    if (key == "batch_statistics")
      return "Keras normalizes with moving averages; build it with BatchNormalization.";
  }
  const auto uneven = [](Size2 strides) { return strides.height != strides.width; };
  const bool depthwise = layer.class_name() == "DepthwiseConv2D",
             separable = layer.class_name() == "SeparableConv2D";
  if ((depthwise && uneven(static_cast<const DepthwiseConv2D&>(layer).strides)) ||
      (separable && uneven(static_cast<const SeparableConv2D&>(layer).strides)))
    return "TensorFlow takes one stride for both axes here; use equal strides.";
  return "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// The call that makes the layer. more: arguments that are not its fields.
std::string call_of(const Layer& layer, Json config, const std::vector<std::string>& more) {
  const Json defaults = fields_of(*make_layer(layer.class_name()));
  const std::string_view class_name = layer.class_name();
  std::vector<std::string> words;
  const auto* order = std::find_if(std::begin(kPositional), std::end(kPositional),
                                   [&](const Positional& one) { return one.class_name == class_name; });
  for (const std::string_view key : {order == std::end(kPositional) ? std::string_view() : order->first,
                                     order == std::end(kPositional) ? std::string_view() : order->second}) {
    if (key.empty()) continue;
    words.push_back(argument(key, config[key]));
    config.erase(key);
  }
  if (class_name == "RandomTranslation")
    words.push_back("interpolation=\"nearest\""), config.erase("interpolation");
  for (std::string& word : keras_arguments(config, defaults)) words.push_back(std::move(word));
  words.insert(words.end(), more.begin(), more.end());
  return "layers." + std::string(class_name) + "(" + joined(words) + ")";
}

class KerasWriter {
 public:
  explicit KerasWriter(const Model& model) : model_(model), config_(model.config()), names_(kTaken) {}

  Result<KerasNetwork> write() {
    const int count = model_.layer_count();
    chain_ = true;
    for (int i = 0; i < count; ++i) {
      const auto inputs = model_.layer_inputs(i);
      chain_ = chain_ && (i == 0 ? inputs.empty() : inputs.size() == 1 && inputs[0] == i - 1);
    }
    const std::vector<bool> alone = read_by_next_alone(model_);
    std::size_t first = 0;
    for (int i = 0; i < count; ++i) {
      if (auto done = write_layer(i, first, i + 1 == count || alone[static_cast<std::size_t>(i)]); !done)
        return done.error();
    }
    std::string text = "\n\ndef make_network():\n";
    if (chain_) {
      text += "    return keras.Sequential([\n";
      for (const std::string& line : lines_) text += "        " + line + ",\n";
      text += "    ])\n";
    } else {
      for (const std::string& line : lines_) text += "    " + line + "\n";
      text += "    return keras.Model(inputs, " + outputs_.back() + ")\n";
    }
    network_.text = std::move(text);
    return std::move(network_);
  }

 private:
  static constexpr std::string_view kTaken[] = {"x", "inputs", "keras", "layers", "np"};

  void add(const std::string& call, const std::string& inputs, const std::string& output) {
    lines_.push_back(chain_ ? call : output + " = " + call + "(" + inputs + ")");
  }

  Result<void> write_layer(int index, std::size_t& first, bool flows) {
    const Layer& layer = model_.layer(index);
    const std::string name = names_.take(layer.name), output = flows ? "x" : name;
    const std::span<const Parameter> all = model_.parameters();
    const std::size_t begin = first;
    while (first < all.size() && all[first].layer == index) ++first;
    const std::span<const Parameter> parameters = all.subspan(begin, first - begin);
    outputs_.push_back(output);
    if (layer.class_name() == "InputLayer") return write_input(index, output);

    Json config = layer_config(config_, index);
    if (const std::string lacks = lacking(layer, config); !lacks.empty())
      return Error{"bad_config", "Keras: " + layer.name + ": " + lacks, index};
    std::string inputs;
    for (const int input : model_.layer_inputs(index))
      inputs += (inputs.empty() ? "" : ", ") + outputs_[static_cast<std::size_t>(input)];
    if (model_.layer_inputs(index).size() > 1) inputs = "[" + inputs + "]";
    std::vector<std::string> more;
    if (!is_next_name(layer.class_name(), name)) more.push_back("name=" + python_text(name));
    if (!layer.trainable && !parameters.empty()) more.push_back("trainable=False"), network_.freezes = true;
    if (layer.class_name() == "Normalization" && !parameters.empty()) {
      if (model_.wants_pictures())
        return Error{
            "bad_config",
            "Keras: " + layer.name + ": its mean and variance are not computed yet; train one step first.",
            index};
      network_.has_means = true;
      for (std::size_t i = 0; i < 2; ++i) {
        Json list = Json::array();
        for (const float value : parameters[i].value) list.push_back(static_cast<double>(value));
        config[i == 0 ? "mean" : "variance"] = list;
      }
    }
    if (Json* padding = config.find("padding");
        padding && padding->elements() && layer.class_name() != "ZeroPadding2D") {
      add("layers.ZeroPadding2D(" + python_value(*padding) +
              ", name=" + python_text(names_.take(layer.name + "_padding")) + ")",
          inputs, "x");
      inputs = "x";
      *padding = "valid";
    }
    add(call_of(layer, std::move(config), more), inputs, output);
    for (const Parameter& parameter : parameters) {
      std::string array = parameter.name.substr(layer.name.size() + 1);
      if (layer.class_name() == "DepthwiseConv2D" && array == "depthwise_kernel") array = "kernel";
      network_.names.emplace_back(layer.class_name() == "Normalization" ? "" : name, array);
    }
    return {};
  }

  /// Whether Keras gives this name to a layer of the class by itself.
  bool is_next_name(std::string_view class_name, const std::string& name) {
    const std::string base = snake_case(class_name);
    int& number = made_[base];
    if (name != (number == 0 ? base : base + "_" + std::to_string(number))) return false;
    ++number;
    return true;
  }

  Result<void> write_input(int index, const std::string& output) {
    Json sizes = Json::array();
    for (const int size : model_.layer_shape(index)) sizes.push_back(size);
    const std::string input = "keras.Input(" + python_value(sizes) + ")";
    lines_.push_back(chain_ ? input : "inputs = " + output + " = " + input);
    if (model_.input_range() == InputRange::bytes)
      add("layers.Rescaling(255, name=" + python_text(names_.take("bytes")) + ")", output, output);
    return {};
  }

  const Model& model_;
  const Json config_;
  PythonNames names_;
  KerasNetwork network_{};
  bool chain_ = true;
  std::map<std::string, int> made_;  // layers by Keras's word
  std::vector<std::string> lines_, outputs_;
};

}  // namespace

std::vector<std::string> keras_arguments(const Json& own, const Json& defaults) {
  std::vector<std::string> words;
  for (const auto& [key, value] : *own.members()) {
    const Json* usual = defaults.find(key);
    if (usual && *usual == value) continue;
    words.push_back(key + "=" + argument(key, value));
  }
  return words;
}

Result<std::vector<std::string>> keras_augmentation(const Model& augmentation) {
  std::vector<std::string> calls;
  const Json config = augmentation.config();
  for (int i = 1; i < augmentation.layer_count(); ++i) {
    const Layer& layer = augmentation.layer(i);
    Json own = layer_config(config, i);
    if (const std::string lacks = lacking(layer, own); !lacks.empty())
      return Error{"bad_config", "Keras: augmentation: " + lacks};
    calls.push_back(call_of(layer, std::move(own), {}));
  }
  return calls;
}

Result<KerasNetwork> write_keras_network(const Model& model) { return KerasWriter(model).write(); }

}  // namespace cnn
