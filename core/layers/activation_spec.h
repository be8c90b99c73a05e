#pragma once
/// core/layers/activation_spec.h: an activation function as configurations name it.
#include <span>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/kernels/activation.h"

namespace cnn {

/// Written as a word ("relu"), or, where the slope is not Keras's default, as the layer that Keras has for
/// it:
/// {"class_name": "LeakyReLU", "config": {"negative_slope": 0.1}}.
struct ActivationSpec {
  static constexpr double leaky_relu_slope =
      0.2;  ///< keras.activations.leaky_relu; the layer LeakyReLU begins at 0.3
  static constexpr double elu_alpha = 1.0;

  Activation kind = Activation::linear;
  double alpha = 0;  ///< leaky_relu: slope below 0; elu: the limit below 0 is -alpha

  std::span<const std::string_view> choices() const;
  Json to_json() const;
  std::string from_json(const Json&);

  friend bool operator==(const ActivationSpec&, const ActivationSpec&) = default;
};

}  // namespace cnn
