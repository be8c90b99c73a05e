#include "core/layers/separable_conv2d.h"

#include "core/kernels/conv2d.h"
#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

constexpr Sliding kOneCell{{1, 1}, {1, 1}, Padding::valid};

}  // namespace

void SeparableConv2D::fields(Fields& field) {
  field("filters", filters, {.min = 1, .max = 4096, .required = true}, "Number of output maps.");
  field("kernel_size", kernel_size, {.min = 1, .max = 31, .required = true},
        "Height and width of each kernel.");
  field("strides", strides, {.min = 1, .max = 31}, "Step from one position to the next; 2 halves the map.");
  field("padding", padding,
        "valid keeps kernels inside the picture, so the map shrinks; same pads with zeros.");
  field("depth_multiplier", depth_multiplier, {.min = 1, .max = 64}, "Number of kernels for each channel.");
  channels_last_only(field);
  no_dilation(field);
  field("activation", activation_spec, "Function applied to every output.");
  field("use_bias", use_bias, "Add one learned number to each map.");
  field("depthwise_initializer", depthwise_initializer, "Initial kernels of the channels.");
  field("pointwise_initializer", pointwise_initializer, "Initial weights that mix the channels.");
  field("bias_initializer", bias_initializer, "Initial biases.");
  // The first four are written by Keras 2, with no meaning here.
  ignore(field, {"groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint",
                 "depthwise_regularizer", "pointwise_regularizer", "bias_regularizer", "activity_regularizer",
                 "depthwise_constraint", "pointwise_constraint", "bias_constraint"});
}

Result<Shape> SeparableConv2D::output_shape(const Shape& x) const {
  const int channels = x.rank() == 3 ? x[2] : 1;
  constexpr int most_channels = 1 << 16;
  if (channels > most_channels / depth_multiplier) {
    return Error{"bad_config", "depth_multiplier " + std::to_string(depth_multiplier) + " makes more than " +
                                   std::to_string(most_channels) + " maps of its input " + to_string(x)};
  }
  return slide_over(x, sliding(), filters, "kernel_size");
}

std::vector<ParameterSpec> SeparableConv2D::params(const Shape& x) const {
  const double window = static_cast<double>(kernel_size.height) * kernel_size.width;
  const int maps = x[2] * depth_multiplier;
  std::vector<ParameterSpec> list{{"depthwise_kernel",
                                   {kernel_size.height, kernel_size.width, x[2], depth_multiplier},
                                   depthwise_initializer,
                                   FanSizes{window * x[2], window * depth_multiplier}},
                                  {"pointwise_kernel",
                                   {1, 1, maps, filters},
                                   pointwise_initializer,
                                   FanSizes{static_cast<double>(maps), static_cast<double>(filters)}}};
  if (use_bias) list.push_back({"bias", {filters}, bias_initializer, list[1].fan});
  return list;
}

Needs SeparableConv2D::needs(const Shape& x, int batch) const {
  const Result<Shape> y = output_shape(x);
  const std::uint64_t floats =
      y ? static_cast<std::uint64_t>(batch) * static_cast<std::uint64_t>(count(middle(x, *y))) : 0;
  return {.forward_scratch_floats = floats, .backward_scratch_floats = 2 * floats, .backward_reads_x = true};
}

double SeparableConv2D::flops(const Shape& x, const Shape& y) const {
  const auto between = static_cast<double>(count(middle(x, y)));
  return 2.0 * between * (static_cast<double>(kernel_size.height) * kernel_size.width + filters);
}

void SeparableConv2D::forward(const Forward& f) const {
  const Shape between = middle(f.x_shape(), *f.y_shape);
  depthwise_conv2d_forward(f.exec, conv2d_shape(f.batch, f.x_shape(), between, sliding()), f.x(), f.params[0],
                           nullptr, Fused{false}, f.scratch);
  conv2d_forward(f.exec, conv2d_shape(f.batch, between, *f.y_shape, kOneCell), f.scratch, f.params[1],
                 use_bias ? f.params[2] : nullptr, Fused{f.relu}, f.y);
}

void SeparableConv2D::backward(const Backward& b) const {
  const Shape between = middle(b.x_shape(), *b.y_shape);
  const Conv2DShape first = conv2d_shape(b.batch, b.x_shape(), between, sliding());
  float *m = b.scratch, *dm = b.scratch + static_cast<std::size_t>(b.batch) * count(between);
  depthwise_conv2d_forward(b.exec, first, b.x(), b.params[0], nullptr, Fused{false}, m);
  Conv2DBackward mixing;
  mixing.x = m, mixing.kernel = b.params[1], mixing.dy = b.dy, mixing.y = b.relu ? b.y : nullptr;
  mixing.dx = dm, mixing.dkernel = b.gradients[1], mixing.dbias = use_bias ? b.gradients[2] : nullptr;
  conv2d_backward(b.exec, conv2d_shape(b.batch, between, *b.y_shape, kOneCell), mixing);
  Conv2DBackward filtering;
  filtering.x = b.x(), filtering.kernel = b.params[0], filtering.dy = dm;
  filtering.dx = b.dx(), filtering.dkernel = b.gradients[0];
  depthwise_conv2d_backward(b.exec, first, filtering);
}

Result<void> SeparableConv2D::onnx(OnnxGraph& graph) const {
  const Shape &k = graph.shape(0), &mix = graph.shape(1);
  const int maps = k[2] * k[3];
  std::vector<float> kernels, weights;  // [C*M, 1, kh, kw], [filters, C*M, 1, 1]
  for (int map = 0; map < maps; ++map) {
    for (int cell = 0; cell < k[0] * k[1]; ++cell)
      kernels.push_back(graph.values(0)[static_cast<std::size_t>(cell * maps + map)]);
  }
  for (int filter = 0; filter < mix[3]; ++filter) {
    for (int map = 0; map < maps; ++map)
      weights.push_back(graph.values(1)[static_cast<std::size_t>(map * mix[3] + filter)]);
  }
  std::vector<OnnxAttribute> attributes = graph.window(sliding());
  attributes.push_back(OnnxAttribute::of("group", std::int64_t{k[2]}));
  const std::string between =
      graph.add("Conv", {graph.x(), graph.constant(0, {maps, 1, k[0], k[1]}, std::move(kernels))},
                std::move(attributes));
  graph.give(graph.add("Conv",
                       {between, graph.constant(1, {mix[3], maps, 1, 1}, std::move(weights)),
                        use_bias ? graph.constant(2) : ""},
                       {OnnxAttribute::of("kernel_shape", std::vector<std::int64_t>{1, 1})}));
  return {};
}

}  // namespace cnn
