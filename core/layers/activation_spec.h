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
  static constexpr double relu6_limit = 6;
  /// Keras 3's; Keras 2 and TensorFlow.js have 0.2.
  static constexpr double hard_sigmoid_slope = 1.0 / 6;

  Activation kind = Activation::linear;
  /// leaky_relu: slope below 0; elu: approaches -alpha below 0; relu6: the largest value; hard_sigmoid: slope
  double alpha = 0;
  bool whole = false;  ///< softmax over the whole picture; set by the layer Softmax only

  ActivationSpec() = default;
  ActivationSpec(Activation of_kind);  ///< with the number that its word means
  ActivationSpec(Activation of_kind, double number) : kind(of_kind), alpha(number) {}

  std::span<const std::string_view> choices() const;
  Json to_json() const;
  std::string from_json(const Json&);

  friend bool operator==(const ActivationSpec&, const ActivationSpec&) = default;
};

}  // namespace cnn
