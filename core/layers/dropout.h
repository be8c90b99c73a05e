#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// In training, each number is dropped with probability `rate` and the others are scaled up, so that no unit
/// can rely on another. Outside training nothing changes (Srivastava et al. 2014; Keras 3,
/// keras.layers.Dropout).
///   y  = kept ? x  / (1 - rate) : 0
///   dx = kept ? dy / (1 - rate) : 0
/// saved: uint8 [N, ...], 1 where kept. The random stream is keyed by seed, step and layer, so a run repeats.
class Dropout final : public Layer {
 public:
  double rate = 0.5;

  std::string_view class_name() const override { return "Dropout"; }
  std::string_view help() const override {
    return "Switches random units off during training, to reduce overfitting.";
  }
  std::string_view group() const override { return "Regularization"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  Needs needs(const Shape& x, int batch) const override;
  bool is_identity(bool training) const override { return !training || rate == 0; }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};

}  // namespace cnn
