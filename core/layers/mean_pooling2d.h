#pragma once
/// Pooling by the mean or the sum: one class template, two layers.

#include "core/kernels/pooling.h"
#include "core/layers/layer.h"
#include "core/layers/sliding.h"

namespace cnn {

/// The mean or sum of each window, channel by channel. AveragePooling2D is Keras's
/// (keras.layers.AveragePooling2D); SumPooling2D is the same without the division.
///   y[n,i,j,c]  = sum of x[n, i*sh + u - top, j*sw + v - left, c] / cells[i,j] over 0 <= u < ph, 0 <= v < pw
///   dx[n,p,q,c] = sum of dy[n,i,j,c] / cells[i,j] over the windows that contain x[n,p,q,c]
/// For the mean, cells[i,j] is the number of the window's cells inside the picture, so padding does not pull
/// the mean toward 0; for the sum it is 1.
/// x [N, H, W, C] -> y [N, H', W', C], sizes as in sliding.h.
template <PoolMean kMean>
class MeanPooling2D final : public Layer {
 public:
  Size2 pool_size{2, 2};
  std::optional<Size2> strides;  // empty: pool_size
  Padding padding = Padding::valid;

  std::string_view class_name() const override;
  std::string_view help() const override;
  std::string_view group() const override { return "Pooling"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  double flops(const Shape& x, const Shape& y) const override;
  Reach reach(const Shape& x) const override {
    return reach_of(x, sliding(), kMean == PoolMean::average ? Reach::Rule::mean : Reach::Rule::sum);
  }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  Sliding sliding() const { return {pool_size, strides.value_or(pool_size), padding}; }
};

using AveragePooling2D = MeanPooling2D<PoolMean::average>;
using SumPooling2D = MeanPooling2D<PoolMean::sum>;

}  // namespace cnn
