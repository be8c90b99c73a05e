#include "core/layers/add.h"

#include <cstring>

#include "core/kernels/elementwise.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

Result<Shape> Add::joined_shape(std::span<const Shape> xs) const {
  for (const Shape& x : xs) {
    if (x != xs[0]) {
      return Error{"bad_config", "all its inputs must have the same shape, but they are " + to_string(xs[0]) +
                                     " and " + to_string(x)};
    }
  }
  return xs[0];
}

void Add::forward(const Forward& f) const {
  const std::size_t n = static_cast<std::size_t>(f.batch) * count(*f.y_shape);
  add(f.exec, n, f.xs[0], f.xs[1], f.y);
  for (std::size_t i = 2; i < f.xs.size(); ++i) add(f.exec, n, f.y, f.xs[i], f.y);
}

void Add::backward(const Backward& b) const {
  const std::size_t bytes = static_cast<std::size_t>(b.batch) * count(*b.y_shape) * sizeof(float);
  for (float* dx : b.dxs) {
    if (dx) std::memcpy(dx, b.dy, bytes);
  }
}

Result<void> Add::onnx(OnnxGraph& graph) const {
  std::string y = graph.x();
  for (std::size_t i = 1; i < graph.xs().size(); ++i) y = graph.add("Add", {y, graph.x(i)});
  graph.give(y);
  return {};
}

}  // namespace cnn
