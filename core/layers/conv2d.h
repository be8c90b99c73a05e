#pragma once
#include "core/layers/layer.h"
#include "core/layers/sliding.h"

namespace cnn {

/// Each filter is a small kernel that slides over the picture and sums over all its channels (Keras 3,
/// keras.layers.Conv2D).
///   s[n,i,j,f]        = bias[f]
///                       + sum over u,v,c of x[n, i*sh + u - top, j*sw + v - left, c] * kernel[u,v,c,f]
///   y[n,i,j,f]        = activation(s[n,i,j,f])
///   ds[n,i,j,f]       = dy[n,i,j,f] * activation'(s[n,i,j,f])
///   dbias[f]         += sum over n,i,j of ds[n,i,j,f]
///   dkernel[u,v,c,f] += sum over n,i,j of ds[n,i,j,f] * x[n, i*sh + u - top, j*sw + v - left, c]
///   dx[n,p,q,c]       = sum of ds[n,i,j,f] * kernel[u,v,c,f] over all i,j,f,u,v
///                       with i*sh + u - top = p and j*sw + v - left = q
/// core/kernels/conv2d.h has the order of summation.
/// x [N, H, W, C] -> y [N, H', W', filters], sizes as in sliding.h; cells outside the picture are 0.
/// kernel [kh, kw, C, filters]. With kernel_initializer whitening it is computed from the pictures and not
/// trained. relu is fused: its backward reads y. Any other activation is a separate step in the model.
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
  Regularizer kernel_regularizer, bias_regularizer;

  std::string_view class_name() const override { return "Conv2D"; }
  std::string_view help() const override {
    return "Slides small learned kernels over the picture; each one makes a map.";
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
