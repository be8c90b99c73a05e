#include "core/layers/dense.h"

#include "core/kernels/gemm.h"
#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

/// Rows of the matrix product: images, or all cells of all images where x is a picture.

}  // namespace

void Dense::fields(Fields& field) {
  field("units", units, {.min = 1, .max = 65536, .required = true}, "Number of outputs.");
  field("activation", activation_spec,
        "Function applied to every output; softmax at the end gives probabilities.");
  field("use_bias", use_bias, "Add one learned number to each output.");
  field("kernel_initializer", kernel_initializer, "Initial weights.");
  field("bias_initializer", bias_initializer, "Initial biases.");
  field("kernel_regularizer", kernel_regularizer, "Penalty on large kernel weights, added to the loss.");
  field("bias_regularizer", bias_regularizer, "Penalty on large biases, added to the loss.");
  ignore(field, {"activity_regularizer", "kernel_constraint", "bias_constraint"});
}

Result<Shape> Dense::output_shape(const Shape& x) const {
  if (x.rank() == 0) return Error{"bad_config", "it needs an input with at least one dimension"};
  Shape y;
  for (int axis = 0; axis + 1 < x.rank(); ++axis) y.push_back(x[axis]);
  y.push_back(units);
  return y;
}

std::vector<ParameterSpec> Dense::params(const Shape& x) const {
  const FanSizes fan{static_cast<double>(x.back()), static_cast<double>(units)};
  std::vector<ParameterSpec> list{
      {"kernel", {x.back(), units}, kernel_initializer, fan, true, kernel_regularizer}};
  if (use_bias) list.push_back({"bias", {units}, bias_initializer, fan, true, bias_regularizer});
  return list;
}

Needs Dense::needs(const Shape&, int) const { return {.backward_reads_x = true}; }

double Dense::flops(const Shape& x, const Shape& y) const {
  return 2.0 * x.back() * static_cast<double>(count(y));
}

UnitWeights Dense::unit_weights(const Shape& x, int channel, std::span<const float* const> params) const {
  UnitWeights unit{.channels = x.back()};
  unit.take(params, static_cast<std::size_t>(x.back()), static_cast<std::size_t>(units), channel);
  return unit;
}

void Dense::forward(const Forward& f) const {
  Gemm product;
  product.m = row_count(f.batch, f.x_shape()), product.n = units, product.k = f.x_shape().back();
  product.a = f.x(), product.b = f.params[0], product.bias = use_bias ? f.params[1] : nullptr;
  product.fused = Fused{f.relu}, product.c = f.y;
  gemm(f.exec, product);
}

void Dense::backward(const Backward& b) const {
  if (b.fused && b.gradients[0]) {
    DenseAdam fused;
    fused.batch = row_count(b.batch, b.x_shape()), fused.inputs = b.x_shape().back(), fused.units = units;
    fused.x = b.x(), fused.dy = b.dy, fused.y = b.relu ? b.y : nullptr;
    fused.dx = b.dx(), fused.dbias = use_bias ? b.gradients[1] : nullptr;
    fused.w = b.fused->w, fused.m = b.fused->m, fused.v = b.fused->v;
    return dense_backward_adam(b.exec, fused, b.fused->step);
  }
  DenseBackward gradients;
  gradients.batch = row_count(b.batch, b.x_shape()), gradients.inputs = b.x_shape().back(),
  gradients.units = units;
  gradients.x = b.x(), gradients.kernel = b.params[0], gradients.dy = b.dy,
  gradients.y = b.relu ? b.y : nullptr;
  gradients.dx = b.dx(), gradients.dkernel = b.gradients[0],
  gradients.dbias = use_bias ? b.gradients[1] : nullptr;
  dense_backward(b.exec, gradients);
}

Result<void> Dense::onnx(OnnxGraph& graph) const {
  if (graph.x_shape().rank() == 1) {
    graph.give(graph.add("Gemm", {graph.x(), graph.constant(0), use_bias ? graph.constant(1) : ""}));
    return {};
  }
  if (graph.x_shape().rank() != 3) {
    return Error{"bad_config",
                 "its input " + to_string(graph.x_shape()) + " is neither a picture nor a row of numbers"};
  }
  std::string y = graph.add("MatMul", {graph.channels_last(graph.x()), graph.constant(0)});
  if (use_bias) y = graph.add("Add", {y, graph.constant(1)});
  graph.give(graph.channels_first(y));
  return {};
}

}  // namespace cnn
