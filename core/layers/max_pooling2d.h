#pragma once
#include "core/layers/layer.h"
#include "core/layers/sliding.h"

namespace cnn {

/// The largest value of each window, channel by channel (Keras 3, keras.layers.MaxPooling2D).
///   y[n,i,j,c]  = max of x[n, i*sh + u - top, j*sw + v - left, c] over 0 <= u < ph, 0 <= v < pw
///   dx[n,p,q,c] = sum of dy over the windows that x[n,p,q,c] won
/// x [N, H, W, C] -> y [N, H', W', C], sizes as in sliding.h. Padding never wins; a tie goes to the first
/// cell in row order; NaN wins, so that it does not stay hidden.
/// saved: uint8 [N, H', W', C], the winner's index u*pw + v, for windows of up to 256 cells. For larger ones
/// nothing is saved, and backward reads x.
class MaxPooling2D final : public Layer {
 public:
  Size2 pool_size{2, 2};
  std::optional<Size2> strides;  // empty: pool_size
  Padding padding = Padding::valid;

  std::string_view class_name() const override { return "MaxPooling2D"; }
  std::string_view help() const override {
    return "Keeps the largest value of each window; the map gets smaller.";
  }
  std::string_view group() const override { return "Pooling"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  double flops(const Shape& x, const Shape& y) const override;
  Reach reach(const Shape& x) const override { return reach_of(x, sliding(), Reach::Rule::largest); }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  bool counts_winners() const { return pool_size.height * pool_size.width <= 256; }
  Sliding sliding() const { return {pool_size, strides.value_or(pool_size), padding}; }
};

}  // namespace cnn
