#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Gives every channel mean 0 and variance 1 over the batch, then a learned scale and shift (Ioffe and
/// Szegedy 2015; Keras 3, keras.layers.BatchNormalization).
///   y               = gamma * (x - mean) / sqrt(variance + epsilon) + beta
///   moving_mean     = momentum * moving_mean     + (1 - momentum) * mean
///   moving_variance = momentum * moving_variance + (1 - momentum) * variance
/// In training, mean and (biased) variance are the batch's. Outside training, and while the layer is frozen,
/// y uses the moving mean and variance, which then do not change; with batch_statistics it uses the batch's.
/// Backward: core/kernels/batch_normalization.h. Channels are the last axis; x [N, ..., C] -> y [N, ..., C].
/// saved: float [2, C], the batch's mean and variance.
class BatchNormalization final : public Layer {
 public:
  int axis = -1;
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  bool batch_statistics = false;  ///< outside training, too: ONNX's training_mode
  Initializer beta_initializer = Initializer::zeros();
  Initializer gamma_initializer = Initializer::ones();
  Initializer moving_mean_initializer = Initializer::zeros();
  Initializer moving_variance_initializer = Initializer::ones();

  std::string_view class_name() const override { return "BatchNormalization"; }
  std::string_view help() const override {
    return "Keeps each map's numbers in a steady range, which makes training easier.";
  }
  std::string_view group() const override { return "Regularization"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  double flops(const Shape& x, const Shape& y) const override;
  std::optional<ChannelMap> channel_map(const Shape& x, std::span<const float* const> params) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  bool repeats() const override { return true; }
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  bool uses_batch(bool training) const { return batch_statistics || (training && trainable); }
  // Indices in params(), where gamma and beta are optional.
  std::size_t beta_index() const { return scale ? 1 : 0; }
  std::size_t mean_index() const { return beta_index() + (center ? 1 : 0); }
  void backward_with_moving_averages(const Backward& b) const;
};

}  // namespace cnn
