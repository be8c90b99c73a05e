#pragma once
/// Activation functions as layers of their own. Each names its function; the model runs that function as an
/// ActivationStep, as it does for an activation inside another layer.
#include "core/layers/layer.h"

namespace cnn {

/// Computes an activation function: y = f(x), element by element; softmax is over the last axis, or over all.
/// backward reads y, or x where reads_x(). Not in the registry: the model makes it.
class ActivationStep final : public Layer {
 public:
  explicit ActivationStep(ActivationSpec spec) : spec_(spec) {}
  std::string_view class_name() const override { return "Activation"; }
  std::string_view help() const override { return ""; }
  std::string_view group() const override { return ""; }
  void fields(Fields&) override {}
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  Needs needs(const Shape& x, int batch) const override;
  bool repeats() const override { return true; }
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
  bool is_softmax() const { return spec_.kind == cnn::Activation::softmax; }

 private:
  ActivationSpec spec_;
};

/// Base of the classes below: the shape stays, and the layer itself computes nothing.
class ActivationOnly : public Layer {
 public:
  std::string_view group() const override { return "Activation"; }
  Result<Shape> output_shape(const Shape& x) const override { return x; }
  bool is_identity(bool) const override { return true; }
  double flops(const Shape&, const Shape&) const override { return 0; }  // counted in the ActivationStep
  Result<void> onnx(OnnxGraph& graph) const override;
};

/// Any activation function, by name (Keras 3, keras.layers.Activation).
class ActivationLayer final : public ActivationOnly {
 public:
  ActivationSpec activation_spec{Activation::relu};

  std::string_view class_name() const override { return "Activation"; }
  std::string_view help() const override {
    return "Applies a nonlinear function to every number; without one, several layers act like a single one.";
  }
  void fields(Fields& field) override { field("activation", activation_spec, "The function to apply."); }
  ActivationSpec activation() const override { return activation_spec; }
};

/// max(x, 0), and no more than max_value (Keras 3, keras.layers.ReLU).
class ReLU final : public ActivationOnly {
 public:
  double negative_slope = 0;
  std::optional<double> max_value;

  std::string_view class_name() const override { return "ReLU"; }
  std::string_view help() const override { return "Negative numbers become 0; all others pass unchanged."; }
  void fields(Fields& field) override;
  Result<Shape> output_shape(const Shape& x) const override;
  ActivationSpec activation() const override {
    if (max_value) return {Activation::relu6, *max_value};
    if (negative_slope == 0) return {Activation::relu};
    return {Activation::leaky_relu, negative_slope};
  }
};

/// x, or negative_slope * x below 0, so that a unit never stops learning (Keras 3, keras.layers.LeakyReLU).
class LeakyReLU final : public ActivationOnly {
 public:
  double negative_slope = 0.3;

  std::string_view class_name() const override { return "LeakyReLU"; }
  std::string_view help() const override { return "Negative numbers shrink instead of becoming 0."; }
  void fields(Fields& field) override {
    field("negative_slope", negative_slope, {.min = 0, .max = 100, .also = "alpha"}, "Slope below 0.");
  }
  ActivationSpec activation() const override { return {Activation::leaky_relu, negative_slope}; }
};

/// x, or alpha * (e^x - 1) below 0 (Clevert et al. 2015; Keras 3, keras.layers.ELU).
class ELU final : public ActivationOnly {
 public:
  double alpha = 1;

  std::string_view class_name() const override { return "ELU"; }
  std::string_view help() const override { return "Negative numbers level off smoothly at -alpha."; }
  void fields(Fields& field) override {
    field("alpha", alpha, {.min = 0, .max = 100}, "How far below 0 the output can go.");
  }
  ActivationSpec activation() const override { return {Activation::elu, alpha}; }
};

/// e^x divided by the sum of all e^x: shares that add up to 1 (Keras 3, keras.layers.Softmax).
class Softmax final : public ActivationOnly {
 public:
  std::vector<int> axes{-1};  ///< or all of them: the sum is over the whole picture then

  std::string_view class_name() const override { return "Softmax"; }
  std::string_view help() const override { return "Turns scores into probabilities that add up to 1."; }
  void fields(Fields& field) override { field.axes("axis", axes); }
  Result<Shape> output_shape(const Shape& x) const override;
  ActivationSpec activation() const override;
};

}  // namespace cnn
