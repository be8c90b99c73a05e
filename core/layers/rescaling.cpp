#include "core/layers/rescaling.h"

#include "core/kernels/elementwise.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

void Rescaling::fields(Fields& field) {
  field("scale", scale, {.min = -1e6, .max = 1e6, .required = true}, "Factor of every number.");
  field("offset", offset, {.min = -1e6, .max = 1e6}, "Added after the multiplication.");
}

void Rescaling::forward(const Forward& f) const {
  const std::size_t n = static_cast<std::size_t>(f.batch) * count(f.x_shape());
  const auto factor = static_cast<float>(scale), shift = static_cast<float>(offset);
  for (std::size_t i = 0; i < n; ++i) f.y[i] = f.x()[i] * factor + shift;
}

void Rescaling::backward(const Backward& b) const {
  if (!b.dx()) return;
  cnn::scale(b.exec, static_cast<std::size_t>(b.batch) * count(b.x_shape()), static_cast<float>(scale), b.dy,
             b.dx());
}

std::optional<ChannelMap> Rescaling::channel_map(const Shape& x, std::span<const float* const>) const {
  const auto channels = static_cast<std::size_t>(x.back());
  return ChannelMap{std::vector<double>(channels, scale), std::vector<double>(channels, offset)};
}

Result<void> Rescaling::onnx(OnnxGraph& graph) const {
  std::string y = graph.add("Mul", {graph.x(), graph.constant("scale", {}, {static_cast<float>(scale)})});
  if (offset != 0) y = graph.add("Add", {y, graph.constant("offset", {}, {static_cast<float>(offset)})});
  graph.give(y);
  return {};
}

}  // namespace cnn
