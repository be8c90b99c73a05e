#include "core/layers/activations.h"

#include <algorithm>

#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

std::size_t number_count(int batch, const Shape& x) { return static_cast<std::size_t>(batch) * count(x); }

}  // namespace

Needs ActivationStep::needs(const Shape&, int) const {
  return {
      .backward_reads_x = reads_x(spec_.kind), .backward_reads_y = !reads_x(spec_.kind), .in_place = true};
}

void ActivationStep::forward(const Forward& f) const {
  const std::size_t n = number_count(f.batch, f.x_shape());
  const int classes = spec_.whole ? static_cast<int>(count(f.x_shape())) : f.x_shape().back();
  const int rows = spec_.whole ? f.batch : static_cast<int>(n) / classes;
  if (is_softmax()) {
    softmax_forward(f.exec, rows, classes, f.x(), f.y);
  } else if (spec_.kind == Activation::log_softmax) {
    log_softmax_forward(f.exec, rows, classes, f.x(), f.y);
  } else {
    activation_forward(f.exec, spec_.kind, static_cast<float>(spec_.alpha), n, f.x(), f.y);
  }
}

void ActivationStep::backward(const Backward& b) const {
  if (!b.dx()) return;
  const std::size_t n = number_count(b.batch, b.x_shape());
  const int classes = spec_.whole ? static_cast<int>(count(b.x_shape())) : b.x_shape().back();
  const int rows = spec_.whole ? b.batch : static_cast<int>(n) / classes;
  if (is_softmax()) {
    softmax_backward(b.exec, rows, classes, b.y, b.dy, b.dx());
  } else if (spec_.kind == Activation::log_softmax) {
    log_softmax_backward(b.exec, rows, classes, b.y, b.dy, b.dx());
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
  field("max_value", max_value, {.min = 0, .max = 1e6}, "Largest output; empty: no limit.");
  field.fixed("threshold", {0}, "other thresholds are not supported");
}

Result<Shape> ReLU::output_shape(const Shape& x) const {
  if (max_value && negative_slope != 0)
    return Error{"bad_config", "of negative_slope and max_value only one may be set"};
  return x;
}

Result<Shape> Softmax::output_shape(const Shape& x) const {
  std::vector<int> sorted;
  for (const int axis : axes) sorted.push_back(axis < 0 ? axis + x.rank() + 1 : axis);
  std::sort(sorted.begin(), sorted.end());
  bool is_whole = static_cast<int>(sorted.size()) == x.rank();
  for (std::size_t i = 0; i < sorted.size(); ++i) is_whole = is_whole && sorted[i] == static_cast<int>(i) + 1;
  if (!is_whole && sorted != std::vector<int>{x.rank()}) {
    return Error{"bad_config", "axis must be -1, the last (classes), or the list of all"};
  }
  return x;
}

ActivationSpec Softmax::activation() const {
  ActivationSpec spec = Activation::softmax;
  spec.whole = axes.size() > 1;
  return spec;
}

}  // namespace cnn
