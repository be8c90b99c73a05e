#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// The element-wise product of several inputs (Keras 3, keras.layers.Multiply). One number for each channel,
/// [1, 1, C] or [C], counts for all cells: so squeeze and excitation weighs maps (Hu et al. 2018).
///   y   = x1 * x2 * ...
///   dx1 = dy * x2 * ..., summed over the cells where x1 has one number for each channel
/// Inputs [N, H, W, C], or [N, 1, 1, C] or [N, C] beside such -> y [N, H, W, C].
class Multiply final : public Layer {
 public:
  std::string_view class_name() const override { return "Multiply"; }
  std::string_view help() const override {
    return "Multiplies its inputs; an input with one number per map scales whole maps.";
  }
  std::string_view group() const override { return "Merging"; }
  void fields(Fields&) override {}
  int min_inputs() const override { return 2; }
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  Result<Shape> joined_shape(std::span<const Shape> xs) const override;
  Needs needs(const Shape&, int) const override { return {.backward_reads_x = true}; }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
