#include "core/layers/activation_spec.h"

#include <algorithm>

namespace cnn {
namespace {

/// In the order of Activation. gelu_new is TensorFlow.js's word for the approximation by tanh.
constexpr std::string_view kWords[] = {"linear",       "relu",      "sigmoid",    "tanh",    "leaky_relu",
                                       "elu",          "gelu",      "gelu_new",   "softmax", "silu",
                                       "selu",         "softplus",  "softsign",   "relu6",   "mish",
                                       "hard_sigmoid", "hard_silu", "log_softmax"};
/// Other names of the same functions.
constexpr std::pair<std::string_view, Activation> kAlso[] = {{"swish", Activation::silu},
                                                             {"hard_swish", Activation::hard_silu}};

/// A function with a parameter, which its name alone does not give: the layer that has it.
struct Numbered {
  Activation kind;
  std::string_view class_name, key;
  double layer_default, word_default, largest;
};
constexpr Numbered kNumbered[] = {
    {Activation::leaky_relu, "LeakyReLU", "negative_slope", 0.3, ActivationSpec::leaky_relu_slope, 100},
    {Activation::elu, "ELU", "alpha", ActivationSpec::elu_alpha, ActivationSpec::elu_alpha, 100},
    {Activation::relu6, "ReLU", "max_value", ActivationSpec::relu6_limit, ActivationSpec::relu6_limit, 1e6},
    {Activation::hard_sigmoid, "HardSigmoid", "slope", ActivationSpec::hard_sigmoid_slope,
     ActivationSpec::hard_sigmoid_slope, 100},
};

double default_alpha(Activation kind) {
  for (const Numbered& one : kNumbered) {
    if (one.kind == kind) return one.word_default;
  }
  return 0;
}

Json as_layer(std::string_view class_name, std::string_view key, double alpha) {
  Json json;
  json["class_name"] = class_name;
  json["config"][key] = alpha;
  return json;
}

}  // namespace

std::span<const std::string_view> ActivationSpec::choices() const { return kWords; }

ActivationSpec::ActivationSpec(Activation of_kind) : kind(of_kind), alpha(default_alpha(of_kind)) {}

Json ActivationSpec::to_json() const {
  for (const Numbered& one : kNumbered) {
    if (one.kind == kind && alpha != one.word_default) return as_layer(one.class_name, one.key, alpha);
  }
  return kWords[static_cast<std::size_t>(kind)];
}

std::string ActivationSpec::from_json(const Json& json) {
  std::string wanted = "an activation: one of";
  for (const std::string_view word : kWords) wanted += " \"" + std::string(word) + "\"";
  if (json.is_null()) {  // Keras: activation=None is linear
    *this = {};
    return {};
  }
  if (const std::string* text = json.string()) {
    const auto* found = std::find(std::begin(kWords), std::end(kWords), *text);
    const auto* also = std::find_if(std::begin(kAlso), std::end(kAlso),
                                    [&](const auto& other) { return other.first == *text; });
    if (found == std::end(kWords) && also == std::end(kAlso)) return wanted;
    *this = also == std::end(kAlso) ? static_cast<Activation>(found - std::begin(kWords)) : also->second;
    return {};
  }
  const Json* class_name = json.find("class_name");
  const Json* config = json.find("config");
  // {"class_name": "function", "config": "relu"}, {"class_name": "Activation", "config": {"activation": ...}}
  if (config && config->string()) return from_json(*config);
  if (class_name && class_name->string() && config) {
    const std::string& layer = *class_name->string();
    if (const Json* inner = config->find("activation"); inner && layer == "Activation")
      return from_json(*inner);
    if (layer == "Softmax") return from_json("softmax");
    if (layer == "ReLU") {
      const auto is = [&](std::string_view key, double value) {
        const Json* found = config->find(key);
        return !found || found->is_null() || (found->number() && *found->number() == value);
      };
      const Json* top = config->find("max_value");
      const bool limited = top && !top->is_null();
      if (!is("threshold", 0) || (limited && !is("negative_slope", 0))) return wanted;
      if (!limited && is("negative_slope", 0)) return from_json("relu");
      if (!limited) {
        const double* slope = config->find("negative_slope")->number();
        return from_json(as_layer("LeakyReLU", "negative_slope", slope ? *slope : -1));
      }
    }
  }
  if (!class_name || !class_name->string() || !config) return wanted;
  for (const Numbered& one : kNumbered) {
    if (*class_name->string() != one.class_name) continue;
    const Json* number = config->find(one.key);
    if (!number && one.kind == Activation::leaky_relu) number = config->find("alpha");
    if (number && (!number->number() || !(*number->number() >= 0 && *number->number() <= one.largest))) {
      return (one.kind == Activation::elu ? "an " : "a ") + std::string(one.class_name) + " whose " +
             std::string(one.key) + " is a number from 0 to " + to_text(one.largest);
    }
    *this = {one.kind, number ? *number->number() : one.layer_default};
    return {};
  }
  return wanted;
}

}  // namespace cnn
