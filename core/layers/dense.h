#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Every output is a weighted sum of all inputs (Keras 3, keras.layers.Dense).
///   s        = x * kernel + bias
///   y        = activation(s)
///   ds       = dy * activation'(s)
///   dx       = ds * kernel^T
///   dkernel += x^T * ds
///   dbias   += sum over rows of ds
/// x [N, inputs] -> y [N, units]; kernel [inputs, units]. On a picture it works on the channels of each cell,
/// as in Keras: [N, H, W, C] -> [N, H, W, units]. relu is fused: its backward reads y.
class Dense final : public Layer {
 public:
  int units = 10;
  ActivationSpec activation_spec;
  bool use_bias = true;
  Initializer kernel_initializer = Initializer::glorot_uniform();
  Initializer bias_initializer = Initializer::zeros();
  Regularizer kernel_regularizer, bias_regularizer;

  std::string_view class_name() const override { return "Dense"; }
  std::string_view help() const override { return "Connects every input to every output."; }
  std::string_view group() const override { return "Dense"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  ActivationSpec activation() const override { return activation_spec; }
  bool fuses_relu() const override { return true; }
  bool fuses_adam() const override { return true; }
  double flops(const Shape& x, const Shape& y) const override;
  Reach reach(const Shape&) const override { return {.rule = Reach::Rule::weights}; }
  UnitWeights unit_weights(const Shape& x, int channel, std::span<const float* const> params) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
