#include "core/layers/concatenate.h"

#include <algorithm>

#include "core/layers/onnx_graph.h"

namespace cnn {

Result<Shape> Concatenate::joined_shape(std::span<const Shape> xs) const {
  constexpr std::int64_t most_channels = 1 << 20;
  std::int64_t channels = 0;
  for (const Shape& x : xs) {
    bool same = x.rank() > 0 && x.rank() == xs[0].rank();
    for (int axis = 0; same && axis + 1 < x.rank(); ++axis) same = x[axis] == xs[0][axis];
    if (!same) {
      return Error{"bad_config", "its inputs may differ in the number of channels only, but they are " +
                                     to_string(xs[0]) + " and " + to_string(x)};
    }
    channels += x.back();
  }
  if (axis != -1 && axis != xs[0].rank())
    return Error{"bad_config", "axis must be -1, the last (channels), not " + std::to_string(axis)};
  if (channels > most_channels)
    return Error{"bad_config", "its inputs have " + std::to_string(channels) +
                                   " channels together; at most " + std::to_string(most_channels) +
                                   " are supported"};
  Shape y;
  for (int k = 0; k + 1 < xs[0].rank(); ++k) y.push_back(xs[0][k]);
  y.push_back(static_cast<int>(channels));
  return y;
}

void Concatenate::forward(const Forward& f) const {
  const auto all = static_cast<std::size_t>(f.y_shape->back());
  const std::size_t cells = static_cast<std::size_t>(f.batch) * count(*f.y_shape) / all;
  std::size_t first = 0;
  for (std::size_t i = 0; i < f.xs.size(); ++i) {
    const auto channels = static_cast<std::size_t>(f.x_shapes[i].back());
    for (std::size_t cell = 0; cell < cells; ++cell)
      std::copy_n(f.xs[i] + cell * channels, channels, f.y + cell * all + first);
    first += channels;
  }
}

void Concatenate::backward(const Backward& b) const {
  const auto all = static_cast<std::size_t>(b.y_shape->back());
  const std::size_t cells = static_cast<std::size_t>(b.batch) * count(*b.y_shape) / all;
  std::size_t first = 0;
  for (std::size_t i = 0; i < b.dxs.size(); ++i) {
    const auto channels = static_cast<std::size_t>(b.x_shapes[i].back());
    for (std::size_t cell = 0; b.dxs[i] && cell < cells; ++cell)
      std::copy_n(b.dy + cell * all + first, channels, b.dxs[i] + cell * channels);
    first += channels;
  }
}

Result<void> Concatenate::onnx(OnnxGraph& graph) const {
  graph.give(graph.add("Concat", {graph.xs().begin(), graph.xs().end()},
                       {OnnxAttribute::of("axis", std::int64_t{1})}));
  return {};
}

}  // namespace cnn
