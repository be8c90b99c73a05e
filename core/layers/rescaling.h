#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// y = x * scale + offset, the same for every number (Keras 3, keras.layers.Rescaling).  dx = dy * scale
class Rescaling final : public Layer {
 public:
  double scale = 1;
  double offset = 0;

  std::string_view class_name() const override { return "Rescaling"; }
  std::string_view help() const override { return "Multiplies every number and adds to it."; }
  std::string_view group() const override { return "Input"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  Needs needs(const Shape&, int) const override { return {.in_place = true}; }
  double flops(const Shape&, const Shape& y) const override { return 2.0 * static_cast<double>(count(y)); }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
