#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Puts the channels of several inputs side by side (Keras 3, keras.layers.Concatenate, along the last axis):
/// what DenseNet and Inception join their branches with.
///   y[n,i,j]        = x1[n,i,j,0], x1[n,i,j,1], ..., x2[n,i,j,0], ...
///   dx1, dx2, ...   = the same parts of dy
/// Inputs [N, ..., C1], [N, ..., C2], ... -> y [N, ..., C1 + C2 + ...].
class Concatenate final : public Layer {
 public:
  int axis = -1;

  std::string_view class_name() const override { return "Concatenate"; }
  std::string_view help() const override {
    return "Puts the maps of its inputs side by side, so that the next layer sees all of them.";
  }
  std::string_view group() const override { return "Merging"; }
  void fields(Fields& field) override { field.axis("axis", axis); }
  int min_inputs() const override { return 2; }
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  Result<Shape> joined_shape(std::span<const Shape> xs) const override;
  double flops(const Shape&, const Shape&) const override { return 0; }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
