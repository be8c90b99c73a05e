#include "core/layers/dropout.h"

#include "core/kernels/elementwise.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

void Dropout::fields(Fields& field) {
  field("rate", rate, {.min = 0, .max = 0.99, .required = true}, "Share of the units to switch off.");
  field.ignored("seed");  // the run's is used
  field.ignored("noise_shape");
}

Needs Dropout::needs(const Shape& x, int batch) const {
  return {.saved_bytes = static_cast<std::uint64_t>(batch) * count(x), .in_place = true};
}

void Dropout::forward(const Forward& f) const {
  dropout_forward(f.exec, static_cast<float>(rate), f.random.stream(RandomPurpose::dropout),
                  static_cast<std::size_t>(f.batch) * count(f.x_shape()), f.x(), f.y,
                  static_cast<std::uint8_t*>(f.saved));
}

void Dropout::backward(const Backward& b) const {
  if (!b.dx()) return;
  dropout_backward(b.exec, static_cast<float>(rate), static_cast<std::size_t>(b.batch) * count(b.x_shape()),
                   b.dy, static_cast<const std::uint8_t*>(b.saved), b.dx());
}

Result<void> Dropout::onnx(OnnxGraph& graph) const {
  graph.give(graph.x());  // it is active in training only
  return {};
}

}  // namespace cnn
