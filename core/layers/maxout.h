#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Keeps the largest of every `pieces` neighboring channels or units. The layer before it thereby learns the
/// shape of the activation: a piecewise linear, convex function (Goodfellow et al. 2013).
///   y[.., g]             = max over p of x[.., g*pieces + p]
///   dx[.., g*pieces + p] = dy[.., g] at the winner p, 0 elsewhere
/// x [N, ..., G*pieces] -> y [N, ..., G]. A tie goes to the first; NaN wins.
/// saved: uint8 [N, ..., G], the winner p. tfa.layers.Maxout(num_units=G) groups the same way.
class Maxout final : public Layer {
 public:
  int pieces = 2;

  std::string_view class_name() const override { return "Maxout"; }
  std::string_view help() const override {
    return "Keeps the largest of each group of channels: a learned activation.";
  }
  std::string_view group() const override { return "Activation"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  double flops(const Shape& x, const Shape& y) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
