#include "core/layers/max_pooling2d.h"

#include "core/kernels/pooling.h"
#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

void MaxPooling2D::fields(Fields& field) {
  field("pool_size", pool_size, {.min = 1, .max = 64}, "Height and width of the window.");
  field("strides", strides, {.min = 1, .max = 64}, "Step from window to window; empty: pool_size.");
  field("padding", padding, "valid drops incomplete windows at the border; same pads them.");
  channels_last_only(field);
}

Result<Shape> MaxPooling2D::output_shape(const Shape& x) const {
  return slide_over(x, sliding(), x.rank() == 3 ? x[2] : 0, "pool_size");
}

Needs MaxPooling2D::needs(const Shape& x, int batch) const {
  if (!counts_winners()) return {.backward_reads_x = true};
  const Result<Shape> y = output_shape(x);
  return {.saved_bytes = static_cast<std::uint64_t>(batch) * count(*y)};
}

double MaxPooling2D::flops(const Shape&, const Shape& y) const {
  return static_cast<double>(pool_size.height) * pool_size.width * static_cast<double>(count(y));
}

void MaxPooling2D::forward(const Forward& f) const {
  max_pooling2d_forward(f.exec, pool2d_shape(f.batch, f.x_shape(), *f.y_shape, sliding()), f.x(), f.y,
                        counts_winners() ? static_cast<std::uint8_t*>(f.saved) : nullptr);
}

void MaxPooling2D::backward(const Backward& b) const {
  if (!b.dx()) return;
  if (!counts_winners()) {
    return max_pooling2d_backward(b.exec, pool2d_shape(b.batch, b.x_shape(), *b.y_shape, sliding()), b.x(),
                                  b.dy, b.dx());
  }
  max_pooling2d_backward(b.exec, pool2d_shape(b.batch, b.x_shape(), *b.y_shape, sliding()), b.dy,
                         static_cast<const std::uint8_t*>(b.saved), b.dx());
}

Result<void> MaxPooling2D::onnx(OnnxGraph& graph) const {
  graph.give(graph.add("MaxPool", {graph.x()}, graph.window(sliding())));
  return {};
}

}  // namespace cnn
