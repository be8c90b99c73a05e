#pragma once
#include "core/layers/layer.h"
#include "core/layers/sliding.h"

namespace cnn {

/// Convolution in which each kernel sees one channel only (Keras 3, keras.layers.DepthwiseConv2D). It has far
/// fewer parameters than Conv2D; a 1x1 Conv2D after it mixes the channels (MobileNet, arXiv 1704.04861).
///   s[n,i,j,c*M+m]    = bias[c*M+m]
///                       + sum over u,v of x[n, i*sh + u - top, j*sw + v - left, c] * kernel[u,v,c,m]
///   y[n,i,j,c*M+m]    = activation(s[n,i,j,c*M+m])
///   ds[n,i,j,c*M+m]   = dy[n,i,j,c*M+m] * activation'(s[n,i,j,c*M+m])
///   dbias[c*M+m]     += sum over n,i,j of ds[n,i,j,c*M+m]
///   dkernel[u,v,c,m] += sum over n,i,j of ds[n,i,j,c*M+m] * x[n, i*sh + u - top, j*sw + v - left, c]
///   dx[n,p,q,c]       = sum of ds[n,i,j,c*M+m] * kernel[u,v,c,m] over all i,j,m,u,v
///                       with i*sh + u - top = p and j*sw + v - left = q
/// x [N, H, W, C] -> y [N, H', W', C*M], M = depth_multiplier; kernel [kh, kw, C, M]. Sizes and relu are as
/// in Conv2D.
class DepthwiseConv2D final : public Layer {
 public:
  Size2 kernel_size{3, 3};
  Size2 strides{1, 1};
  Padding padding = Padding::valid;
  int depth_multiplier = 1;
  ActivationSpec activation_spec;
  bool use_bias = true;
  Initializer depthwise_initializer = Initializer::glorot_uniform();
  Initializer bias_initializer = Initializer::zeros();
  Regularizer depthwise_regularizer, bias_regularizer;

  std::string_view class_name() const override { return "DepthwiseConv2D"; }
  std::string_view help() const override {
    return "Slides kernels that each see one channel only; much cheaper than Conv2D.";
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
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  Sliding sliding() const { return {kernel_size, strides, padding}; }
};

}  // namespace cnn
