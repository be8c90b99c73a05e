#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// The mean of each map (Keras 3, keras.layers.GlobalAveragePooling2D).
///   y[n,c]      = sum over i,j of x[n,i,j,c] / (H*W)
///   dx[n,p,q,c] = dy[n,c] / (H*W)
/// x [N, H, W, C] -> y [N, C], or [N, 1, 1, C] with keepdims.
class GlobalAveragePooling2D final : public Layer {
 public:
  bool keepdims = false;

  std::string_view class_name() const override { return "GlobalAveragePooling2D"; }
  std::string_view help() const override { return "Reduces each map to one number: its mean."; }
  std::string_view group() const override { return "Pooling"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  double flops(const Shape& x, const Shape& y) const override;
  Reach reach(const Shape& x) const override {
    const Size2 all{x[0], x[1]};
    return {.window = all, .stride = all, .rule = Reach::Rule::mean};
  }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
