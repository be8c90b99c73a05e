#pragma once
#include "core/kernels/elementwise.h"
#include "core/layers/layer.h"

namespace cnn {

/// The model's input (Keras 3, keras.layers.InputLayer), whose shape the model reads. A model is given pixels
/// from 0 to 1. For a model that expects bytes, this layer converts them:
///   y  = 255 * x     for InputRange::bytes; otherwise the layer computes nothing
///   dx = 255 * dy
/// The range is not a field: Keras's InputLayer has none,
/// and the model reads and writes it (Model::input_range).
class InputLayer final : public Layer {
 public:
  Shape shape{32, 32, 3};
  InputRange range = InputRange::unit;

  std::string_view class_name() const override { return "InputLayer"; }
  std::string_view help() const override { return "The pictures that enter the network."; }
  std::string_view group() const override { return "Input"; }
  void fields(Fields& field) override {
    field.batch_shape("batch_input_shape", "batch_shape", shape);
    field.fixed("sparse", {false}, "inputs are dense");
    field.fixed("ragged", {false}, "all pictures have the same size");
    field.fixed("optional", {false}, "the input is always required");
    field.fixed("input_tensor", {Json()}, "the input is not computed");
  }
  Result<Shape> output_shape(const Shape&) const override { return shape; }
  bool is_identity(bool) const override { return range == InputRange::unit; }
  double flops(const Shape&, const Shape& y) const override {
    return range == InputRange::unit ? 0 : static_cast<double>(count(y));
  }
  void forward(const Forward& f) const override {
    scale(f.exec, static_cast<std::size_t>(f.batch) * count(shape), kBytes, f.x(), f.y);
  }
  void backward(const Backward& b) const override {
    if (b.dx()) scale(b.exec, static_cast<std::size_t>(b.batch) * count(shape), kBytes, b.dy, b.dx());
  }

 private:
  static constexpr float kBytes = 255;
};

}  // namespace cnn
