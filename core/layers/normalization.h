#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Gives every channel of the data mean 0 and variance 1, with statistics known beforehand (Keras 3,
/// keras.layers.Normalization).
///   y  = (x - mean[c]) / max(sqrt(variance[c]), 1e-7)
///   dx = dy / max(sqrt(variance[c]), 1e-7)
/// mean and variance are either in the configuration, as one number or one per channel, or parameters that
/// come from a file or from the data set's statistics (Keras's adapt). x [N, ..., C] -> y [N, ..., C].
class Normalization final : public Layer {
 public:
  int axis = -1;
  std::vector<double> mean, variance;

  std::string_view class_name() const override { return "Normalization"; }
  std::string_view help() const override {
    return "Subtracts each channel's mean and divides by its standard deviation.";
  }
  std::string_view group() const override { return "Input"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  double flops(const Shape&, const Shape& y) const override { return 2.0 * static_cast<double>(count(y)); }
  std::optional<ChannelMap> channel_map(const Shape& x, std::span<const float* const> params) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  std::size_t sum_count(const Shape& x) const override;
  void gather(const Shape& x_shape, int batch, const float* x, std::span<double> sums) const override;
  void settle(const Shape& x_shape, std::span<const double> sums,
              std::span<float* const> params) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  float mean_of(std::size_t channel, const float* const* params) const;
  float factor_of(std::size_t channel, const float* const* params) const;
};

}  // namespace cnn
