#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Gives the channels of every place mean 0 and variance 1, then a learned scale and shift (Ba et al. 2016;
/// Keras 3, keras.layers.LayerNormalization, over the last axis).
///   m, v    = mean and variance of x[n,...,:]
///   h[c]    = (x[c] - m) / sqrt(v + epsilon)
///   y[c]    = gamma[c] * h[c] + beta[c]
///   dgamma += sum of dy * h,  dbeta += sum of dy
///   dx[c]   = (g[c] - mean(g) - h[c] * mean(g * h)) / sqrt(v + epsilon), g = dy * gamma
/// x [N, ..., C] -> y [N, ..., C]. Sums are in double, in the order of the numbers.
class LayerNormalization final : public Layer {
 public:
  int axis = -1;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = Initializer::zeros();
  Initializer gamma_initializer = Initializer::ones();

  std::string_view class_name() const override { return "LayerNormalization"; }
  std::string_view help() const override {
    return "Keeps the channels of each place in a steady range, one picture at a time.";
  }
  std::string_view group() const override { return "Regularization"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape&, int) const override { return {.backward_reads_x = true}; }
  double flops(const Shape&, const Shape& y) const override { return 8.0 * static_cast<double>(count(y)); }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
