#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// The largest number of each map (Keras 3, keras.layers.GlobalMaxPooling2D).
///   y[n,c]      = max over i,j of x[n,i,j,c]
///   dx[n,p,q,c] = dy[n,c] at the winner, else 0
/// x [N, H, W, C] -> y [N, C], or [N, 1, 1, C] with keepdims. A tie goes to the first cell in row order; NaN
/// wins, so that it does not stay hidden. saved: int32 [N, C], the winner's index i*W + j.
class GlobalMaxPooling2D final : public Layer {
 public:
  bool keepdims = false;

  std::string_view class_name() const override { return "GlobalMaxPooling2D"; }
  std::string_view help() const override { return "Reduces each map to one number: its largest."; }
  std::string_view group() const override { return "Pooling"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  double flops(const Shape& x, const Shape&) const override { return static_cast<double>(count(x)); }
  Reach reach(const Shape& x) const override {
    const Size2 all{x[0], x[1]};
    return {.window = all, .stride = all, .rule = Reach::Rule::largest};
  }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
