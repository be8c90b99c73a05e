#include "core/layers/mean_pooling2d.h"

#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

template <PoolMean kMean>
std::string_view MeanPooling2D<kMean>::class_name() const {
  return kMean == PoolMean::average ? "AveragePooling2D" : "SumPooling2D";
}

template <PoolMean kMean>
std::string_view MeanPooling2D<kMean>::help() const {
  return kMean == PoolMean::average ? "Keeps the mean of each window; the map gets smaller."
                                    : "Keeps the sum of each window; the map gets smaller.";
}

template <PoolMean kMean>
void MeanPooling2D<kMean>::fields(Fields& field) {
  field("pool_size", pool_size, {.min = 1, .max = 64}, "Height and width of the window.");
  field("strides", strides, {.min = 1, .max = 64}, "Step from window to window; empty: pool_size.");
  field("padding", padding, "valid drops incomplete windows at the border; same pads them.");
  channels_last_only(field);
}

template <PoolMean kMean>
Result<Shape> MeanPooling2D<kMean>::output_shape(const Shape& x) const {
  return slide_over(x, sliding(), x.rank() == 3 ? x[2] : 0, "pool_size");
}

template <PoolMean kMean>
double MeanPooling2D<kMean>::flops(const Shape&, const Shape& y) const {
  return static_cast<double>(pool_size.height) * pool_size.width * static_cast<double>(count(y));
}

template <PoolMean kMean>
void MeanPooling2D<kMean>::forward(const Forward& f) const {
  mean_pooling2d_forward(f.exec, pool2d_shape(f.batch, f.x_shape(), *f.y_shape, sliding()), kMean, f.x(),
                         f.y);
}

template <PoolMean kMean>
void MeanPooling2D<kMean>::backward(const Backward& b) const {
  if (!b.dx()) return;
  mean_pooling2d_backward(b.exec, pool2d_shape(b.batch, b.x_shape(), *b.y_shape, sliding()), kMean, b.dy,
                          b.dx());
}

template <PoolMean kMean>
Result<void> MeanPooling2D<kMean>::onnx(OnnxGraph& graph) const {
  std::vector<OnnxAttribute> attributes = graph.window(sliding());
  if (kMean == PoolMean::average) {
    graph.give(graph.add("AveragePool", {graph.x()}, std::move(attributes)));
    return {};
  }
  // The sum is the mean that counts the padding's zeros, times the number of cells in the window.
  attributes.push_back(OnnxAttribute::of("count_include_pad", std::int64_t{1}));
  const std::string mean = graph.add("AveragePool", {graph.x()}, std::move(attributes));
  const auto area = static_cast<float>(pool_size.height * pool_size.width);
  graph.give(graph.add("Mul", {mean, graph.constant("area", {}, {area})}));
  return {};
}

template class MeanPooling2D<PoolMean::average>;
template class MeanPooling2D<PoolMean::sum>;

}  // namespace cnn
