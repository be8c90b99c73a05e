#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// Puts a border of zeros around each map (Keras 3, keras.layers.ZeroPadding2D).
///   y[n,i,j,c]  = x[n, i - top, j - left, c], 0 outside
///   dx[n,p,q,c] = dy[n, p + top, q + left, c]
/// x [N, H, W, C] -> y [N, top + H + bottom, left + W + right, C].
class ZeroPadding2D final : public Layer {
 public:
  /// As Keras writes it: one number, [rows, columns], or [[top, bottom], [left, right]].
  struct Border {
    int top = 1, bottom = 1, left = 1, right = 1;
    std::span<const std::string_view> choices() const;
    Json to_json() const;
    std::string from_json(const Json& json);
  };
  Border padding;

  std::string_view class_name() const override { return "ZeroPadding2D"; }
  std::string_view help() const override { return "Puts a border of zeros around each map."; }
  std::string_view group() const override { return "Convolution"; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  double flops(const Shape&, const Shape&) const override { return 0; }
  Result<void> onnx(OnnxGraph& graph) const override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  template <class Row>
  void each_row(int batch, const Shape& x, Row row) const;
};

}  // namespace cnn
