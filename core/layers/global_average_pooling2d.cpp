#include "core/layers/global_average_pooling2d.h"

#include "core/kernels/pooling.h"
#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"
#include "core/layers/sliding.h"

namespace cnn {
namespace {

/// Global pooling is pooling with a single window that covers the map.
Pool2DShape whole_map(int batch, const Shape& x) {
  const Size2 size{x[0], x[1]};
  return pool2d_shape(batch, x, Shape{1, 1, x[2]}, {size, size, Padding::valid});
}

}  // namespace

void GlobalAveragePooling2D::fields(Fields& field) {
  channels_last_only(field);
  field("keepdims", keepdims, "Keep height and width as 1 x 1.");
}

Result<Shape> GlobalAveragePooling2D::output_shape(const Shape& x) const {
  if (x.rank() != 3) {
    return Error{"bad_config",
                 "it needs a picture (height, width, channels), but its input is " + to_string(x)};
  }
  return keepdims ? Shape{1, 1, x[2]} : Shape{x[2]};
}

double GlobalAveragePooling2D::flops(const Shape& x, const Shape&) const {
  return static_cast<double>(count(x));
}

void GlobalAveragePooling2D::forward(const Forward& f) const {
  mean_pooling2d_forward(f.exec, whole_map(f.batch, f.x_shape()), PoolMean::average, f.x(), f.y);
}

void GlobalAveragePooling2D::backward(const Backward& b) const {
  if (b.dx())
    mean_pooling2d_backward(b.exec, whole_map(b.batch, b.x_shape()), PoolMean::average, b.dy, b.dx());
}

Result<void> GlobalAveragePooling2D::onnx(OnnxGraph& graph) const {
  const std::string y = graph.add("GlobalAveragePool", {graph.x()});
  graph.give(keepdims ? y : graph.add("Flatten", {y}));
  return {};
}

}  // namespace cnn
