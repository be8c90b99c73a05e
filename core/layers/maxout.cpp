#include "core/layers/maxout.h"

#include "core/kernels/activation.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
void Maxout::fields(Fields& field) {
  field("pieces", pieces, {.min = 1, .max = 256},
        "Number of channels, or units, that compete for each output.");
}

Result<Shape> Maxout::output_shape(const Shape& x) const {
  if (x.rank() == 0 || x.back() % pieces != 0) {
    return Error{"bad_config", "pieces " + std::to_string(pieces) +
                                   " does not divide the channels (or units) of its input " + to_string(x)};
  }
  Shape y;
  for (int axis = 0; axis + 1 < x.rank(); ++axis) y.push_back(x[axis]);
  y.push_back(x.back() / pieces);
  return y;
}

Needs Maxout::needs(const Shape& x, int batch) const {
  return {.saved_bytes = static_cast<std::uint64_t>(batch) * count(x) / static_cast<std::uint64_t>(pieces)};
}

double Maxout::flops(const Shape& x, const Shape&) const { return static_cast<double>(count(x)); }

void Maxout::forward(const Forward& f) const {
  maxout_forward(f.exec, row_count(f.batch, f.x_shape()), f.y_shape->back(), pieces, f.x(), f.y,
                 static_cast<std::uint8_t*>(f.saved));
}

void Maxout::backward(const Backward& b) const {
  if (!b.dx()) return;
  maxout_backward(b.exec, row_count(b.batch, b.x_shape()), b.y_shape->back(), pieces, b.dy,
                  static_cast<const std::uint8_t*>(b.saved), b.dx());
}

Result<void> Maxout::onnx(OnnxGraph& graph) const {
  // The pieces become the rows of a picture, and a max pooling over the rows keeps the largest.
  const Shape &x = graph.x_shape(), &y = graph.y_shape();
  if (x.rank() != 1 && x.rank() != 3) {
    return Error{"bad_config", "its input " + to_string(x) + " is neither a picture nor a row of numbers"};
  }
  const std::int64_t places = x.rank() == 3 ? std::int64_t{x[0]} * x[1] : 1;
  const std::vector<std::int64_t> window{pieces, 1};
  const std::string rows =
      graph.add("Reshape", {graph.x(), graph.constant("pieces", {0, y.back(), pieces, places})});
  const std::string largest = graph.add(
      "MaxPool", {rows}, {OnnxAttribute::of("kernel_shape", window), OnnxAttribute::of("strides", window)});
  std::vector<std::int64_t> sizes{0, y.back()};
  if (x.rank() == 3) sizes.insert(sizes.end(), {x[0], x[1]});
  graph.give(graph.add("Reshape", {largest, graph.constant("shape", std::move(sizes))}));
  return {};
}

}  // namespace cnn
