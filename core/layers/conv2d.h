#pragma once
#include "core/layers/layer.h"
#include "core/layers/sliding.h"

namespace cnn {

/// Each filter is a small kernel that slides over all channels of the picture (Keras 3, keras.layers.Conv2D).
///   y[n,i,j,f] = activation(bias[f] + sum over u,v,c of x[n, i*sh + u - top, j*sw + v - left, c] *
///   kernel[u,v,c,f]) dkernel, dbias, dx: the same sum by the product rule; core/kernels/conv2d.h has the
///   orders of summation.
/// x [N, H, W, C] -> y [N, H', W', filters], sizes as sliding.h says; cells outside the picture are 0.
/// With kernel_initializer whitening the kernel comes from the pictures and is not trained.
/// relu is fused: its backward reads y. Any other activation is a step of its own in the model.
class Conv2D final : public Layer {
 public:
  int filters = 32;
  Size2 kernel_size{3, 3};
  Size2 strides{1, 1};
  Padding padding = Padding::valid;
  ActivationSpec activation_spec;
  bool use_bias = true;
  Initializer kernel_initializer = Initializer::glorot_uniform();
  Initializer bias_initializer = Initializer::zeros();

  std::string_view class_name() const override { return "Conv2D"; }
  std::string_view help() const override {
    return "Slides small learned kernels over the picture; each makes a map.";
  }
  std::string_view group() const override { return "Convolution"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  ActivationSpec activation() const override { return activation_spec; }
  bool fuses_relu() const override { return true; }
  double flops(const Shape& x, const Shape& y) const override;
  Reach reach(const Shape& x) const override { return reach_of(x, sliding(), Reach::Rule::weights); }
  UnitWeights unit_weights(const Shape& x, int channel, std::span<const float* const> params) const override;
  std::size_t sum_count(const Shape& x) const override;
  void gather(const Shape& x_shape, int batch, const float* x, std::span<double> sums) const override;
  void settle(const Shape& x_shape, std::span<const double> sums,
              std::span<float* const> params) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  Sliding sliding() const { return {kernel_size, strides, padding}; }
  bool whitens() const { return kernel_initializer.kind == Initializer::Kind::whitening; }
};

}  // namespace cnn
