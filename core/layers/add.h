#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// The element-wise sum of several inputs: the shortcut of residual networks (He et al. 2015; Keras 3,
/// keras.layers.Add).
///   y   = x1 + x2 + ...
///   dx1 = dx2 = ... = dy
class Add final : public Layer {
 public:
  std::string_view class_name() const override { return "Add"; }
  std::string_view help() const override {
    return "Adds inputs of the same shape; such shortcuts let deep networks learn.";
  }
  std::string_view group() const override { return "Merging"; }
  void fields(Fields&) override {}
  int min_inputs() const override { return 2; }
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  Result<Shape> joined_shape(std::span<const Shape> xs) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
