#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// The same scale and offset for every number (Keras 3, keras.layers.Rescaling).
///   y  = x * scale + offset
///   dx = dy * scale
class Rescaling final : public Layer {
 public:
  double scale = 1;
  double offset = 0;

  std::string_view class_name() const override { return "Rescaling"; }
  std::string_view help() const override { return "Multiplies every number by scale and adds offset."; }
  std::string_view group() const override { return "Input"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  Needs needs(const Shape&, int) const override { return {.in_place = true}; }
  double flops(const Shape&, const Shape& y) const override { return 2.0 * static_cast<double>(count(y)); }
  std::optional<ChannelMap> channel_map(const Shape& x, std::span<const float* const> params) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
