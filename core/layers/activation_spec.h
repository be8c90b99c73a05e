#pragma once
/// An activation function as configurations name it.
#include <span>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/kernels/activation.h"

namespace cnn {

/// Written as a word ("relu"). Where alpha differs from Keras's default, written as the Keras layer instead:
///   {"class_name": "LeakyReLU", "config": {"negative_slope": 0.1}}
struct ActivationSpec {
  /// Default of keras.activations.leaky_relu; the default of the layer LeakyReLU is 0.3.
  static constexpr double leaky_relu_slope = 0.2;
  static constexpr double elu_alpha = 1.0;

  Activation kind = Activation::linear;
  double alpha = 0;  ///< leaky_relu: slope below 0; elu: approaches -alpha below 0

  std::span<const std::string_view> choices() const;
  Json to_json() const;
  std::string from_json(const Json&);

  friend bool operator==(const ActivationSpec&, const ActivationSpec&) = default;
};

}  // namespace cnn
