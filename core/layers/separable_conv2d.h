#pragma once
#include "core/layers/layer.h"
#include "core/layers/sliding.h"

namespace cnn {

/// A DepthwiseConv2D and a Conv2D of one cell in one layer (Keras 3, keras.layers.SeparableConv2D; Xception,
/// arXiv 1610.02357).
///   m = depthwise convolution of x, without bias and activation: [N, H', W', C*M], M = depth_multiplier
///   y = activation(m * pointwise_kernel + bias), for the channels of each cell
/// Gradients are those of the two convolutions (conv2d.h, depthwise_conv2d.h); backward computes m again.
/// x [N, H, W, C] -> y [N, H', W', filters], sizes as in sliding.h. depthwise_kernel [kh, kw, C, M],
/// pointwise_kernel [1, 1, C*M, filters]. relu is fused: its backward reads y.
class SeparableConv2D final : public Layer {
 public:
  int filters = 32;
  Size2 kernel_size{3, 3};
  Size2 strides{1, 1};
  Padding padding = Padding::valid;
  int depth_multiplier = 1;
  ActivationSpec activation_spec;
  bool use_bias = true;
  Initializer depthwise_initializer = Initializer::glorot_uniform();
  Initializer pointwise_initializer = Initializer::glorot_uniform();
  Initializer bias_initializer = Initializer::zeros();

  std::string_view class_name() const override { return "SeparableConv2D"; }
  std::string_view help() const override {
    return "First filters each channel by itself, then mixes the channels; cheaper than Conv2D.";
  }
  std::string_view group() const override { return "Convolution"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  ActivationSpec activation() const override { return activation_spec; }
  bool fuses_relu() const override { return true; }
  double flops(const Shape& x, const Shape& y) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  Sliding sliding() const { return {kernel_size, strides, padding}; }
  /// Of the array between the two convolutions, for an output of that shape.
  Shape middle(const Shape& x, const Shape& y) const { return {y[0], y[1], x[2] * depth_multiplier}; }
};

}  // namespace cnn
