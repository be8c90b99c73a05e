#include "core/layers/activations.h"

#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

std::size_t number_count(int batch, const Shape& x) { return static_cast<std::size_t>(batch) * count(x); }

}  // namespace

Needs ActivationStep::needs(const Shape&, int) const {
  const bool reads_x = spec_.kind == Activation::gelu || spec_.kind == Activation::gelu_tanh;
  return {.backward_reads_x = reads_x, .backward_reads_y = !reads_x, .in_place = true};
}

void ActivationStep::forward(const Forward& f) const {
  const std::size_t n = number_count(f.batch, f.x_shape());
  if (is_softmax()) {
    const int classes = f.x_shape().back();
    softmax_forward(f.exec, static_cast<int>(n) / classes, classes, f.x(), f.y);
  } else {
    activation_forward(f.exec, spec_.kind, static_cast<float>(spec_.alpha), n, f.x(), f.y);
  }
}

void ActivationStep::backward(const Backward& b) const {
  if (!b.dx()) return;
  const std::size_t n = number_count(b.batch, b.x_shape());
  if (is_softmax()) {
    const int classes = b.x_shape().back();
    softmax_backward(b.exec, static_cast<int>(n) / classes, classes, b.y, b.dy, b.dx());
  } else {
    activation_backward(b.exec, spec_.kind, static_cast<float>(spec_.alpha), n, b.x(), b.y, b.dy, b.dx());
  }
}

Result<void> ActivationOnly::onnx(OnnxGraph& graph) const {
  graph.give(graph.x());
  return {};
}

void ReLU::fields(Fields& field) {
  field("negative_slope", negative_slope, {.min = 0, .max = 100}, "Slope below 0; 0 is plain ReLU.");
  field.fixed("max_value", {Json()}, "the output has no upper limit");
  field.fixed("threshold", {0}, "other thresholds are not supported");
}

Result<Shape> Softmax::output_shape(const Shape& x) const {
  if (axis != -1 && axis != x.rank()) {
    return Error{"bad_config", "axis must be -1, the last (classes), not " + std::to_string(axis)};
  }
  return x;
}

}  // namespace cnn
