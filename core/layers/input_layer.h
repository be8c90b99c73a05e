#pragma once
#include "core/layers/layer.h"

namespace cnn {

/// The model's input (Keras 3, keras.layers.InputLayer). It computes nothing; the model reads its shape.
class InputLayer final : public Layer {
 public:
  Shape shape{32, 32, 3};

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
  bool is_identity(bool) const override { return true; }
  double flops(const Shape&, const Shape&) const override { return 0; }
};

}  // namespace cnn
