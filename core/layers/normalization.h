#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Gives every channel of the data mean 0 and variance 1, with numbers known beforehand (Keras 3,
/// keras.layers.Normalization).  y = (x - mean[c]) / max(sqrt(variance[c]), 1e-7);  dx = dy / the same
/// mean and variance are in the configuration, one number or one a channel, or else parameters that a file,
/// or the data set's statistics, fill (Keras's adapt). x [N, ..., C] -> y [N, ..., C].
class Normalization final : public Layer {
 public:
  int axis = -1;
  std::vector<double> mean, variance;

  std::string_view class_name() const override { return "Normalization"; }
  std::string_view help() const override {
    return "Subtracts each channel's mean and divides by its spread.";
  }
  std::string_view group() const override { return "Input"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  std::vector<ParameterSpec> params(const Shape& x) const override;
  Needs needs(const Shape& x, int batch) const override;
  double flops(const Shape&, const Shape& y) const override { return 2.0 * static_cast<double>(count(y)); }
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
