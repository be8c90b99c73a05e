#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Turns a picture into one row of numbers: row by row, channels fastest (Keras 3, keras.layers.Flatten).
/// x [N, H, W, C] -> y [N, H*W*C]: the same array in memory, so nothing is computed.
class Flatten final : public Layer {
 public:
  std::string_view class_name() const override { return "Flatten"; }
  std::string_view help() const override { return "Puts all numbers of the maps into one row."; }
  std::string_view group() const override { return "Dense"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  bool is_identity(bool) const override { return true; }
  Reach reach(const Shape&) const override { return {.whole = true}; }
  double flops(const Shape&, const Shape&) const override { return 0; }
};

}  // namespace cnn
