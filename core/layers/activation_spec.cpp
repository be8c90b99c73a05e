#include "core/layers/activation_spec.h"

#include <algorithm>

namespace cnn {
namespace {

// In the order of Activation. gelu_new is TensorFlow.js's word for the approximation by tanh.
constexpr std::string_view kWords[] = {"linear", "relu", "sigmoid",  "tanh",   "leaky_relu",
                                       "elu",    "gelu", "gelu_new", "softmax"};

double default_alpha(Activation kind) {
  if (kind == Activation::leaky_relu) return ActivationSpec::leaky_relu_slope;
  return kind == Activation::elu ? ActivationSpec::elu_alpha : 0;
}

Json as_layer(std::string_view class_name, std::string_view key, double alpha) {
  Json json;
  json["class_name"] = class_name;
  json["config"][key] = alpha;
  return json;
}

}  // namespace

std::span<const std::string_view> ActivationSpec::choices() const { return kWords; }

Json ActivationSpec::to_json() const {
  if (alpha != default_alpha(kind)) {
    if (kind == Activation::leaky_relu) return as_layer("LeakyReLU", "negative_slope", alpha);
    if (kind == Activation::elu) return as_layer("ELU", "alpha", alpha);
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
    if (found == std::end(kWords)) return wanted;
    kind = static_cast<Activation>(found - std::begin(kWords));
    alpha = default_alpha(kind);
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
      if ((top && !top->is_null()) || !is("threshold", 0)) return wanted;
      if (is("negative_slope", 0)) return from_json("relu");
      return from_json(as_layer(
          "LeakyReLU", "negative_slope",
          config->find("negative_slope")->number() ? *config->find("negative_slope")->number() : -1));
    }
  }
  if (!class_name || !class_name->string() || !config) return wanted;
  const bool leaky = *class_name->string() == "LeakyReLU";
  if (!leaky && *class_name->string() != "ELU") return wanted;
  ActivationSpec read{leaky ? Activation::leaky_relu : Activation::elu, leaky ? 0.3 : elu_alpha};
  const Json* slope = leaky ? config->find("negative_slope") : nullptr;
  if (!slope) slope = config->find("alpha");
  if (slope) {
    constexpr double largest = 100;
    if (!slope->number() || !(*slope->number() >= 0 && *slope->number() <= largest)) {
      return leaky ? "a LeakyReLU whose negative_slope is a number from 0 to 100"
                   : "an ELU whose alpha is a number from 0 to 100";
    }
    read.alpha = *slope->number();
  }
  *this = read;
  return {};
}

}  // namespace cnn
