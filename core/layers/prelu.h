#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// x, or alpha * x below 0, where alpha is learned (He et al. 2015; Keras 3, keras.layers.PReLU).
///   y       = x < 0 ? alpha * x : x
///   dx      = dy * (x < 0 ? alpha : 1)
///   dalpha += sum of dy * x over the numbers below 0 that share it
/// alpha has the shape of x, with 1 along shared_axes: [1, 1, C] for shared_axes [1, 2], one number a map.
class PReLU final : public Layer {
 public:
  Initializer alpha_initializer = Initializer::zeros();
  std::vector<double> shared_axes;  ///< 1 height, 2 width, 3 channels; empty: one number for each place

  std::string_view class_name() const override { return "PReLU"; }
  std::string_view help() const override { return "Negative numbers shrink by a factor that is learned."; }
  std::string_view group() const override { return "Activation"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape&, int) const override { return {.backward_reads_x = true}; }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  Shape alpha_shape(const Shape& x) const;
};

}  // namespace cnn
