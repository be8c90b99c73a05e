#include "core/layers/depthwise_conv2d.h"

#include "core/kernels/conv2d.h"
#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

void DepthwiseConv2D::fields(Fields& field) {
  field("kernel_size", kernel_size, {.min = 1, .max = 31, .required = true},
        "Height and width of each kernel.");
  field("strides", strides, {.min = 1, .max = 31}, "Step from one position to the next; 2 halves the map.");
  field("padding", padding,
        "valid keeps kernels inside the picture, so the map shrinks; same pads with zeros.");
  field("depth_multiplier", depth_multiplier, {.min = 1, .max = 64}, "Number of kernels for each channel.");
  channels_last_only(field);
  no_dilation(field);
  field.ignored("groups");  // Keras 2 writes it, with no meaning here
  field("activation", activation_spec, "Function applied to every output.");
  field("use_bias", use_bias, "Add one learned number to each map.");
  field("depthwise_initializer", depthwise_initializer, "Initial kernels.");
  field("bias_initializer", bias_initializer, "Initial biases.");
  field("depthwise_regularizer", depthwise_regularizer,
        "Penalty on large kernel weights, added to the loss.");
  field("bias_regularizer", bias_regularizer, "Penalty on large biases, added to the loss.");
  ignore(field, {"activity_regularizer", "depthwise_constraint", "bias_constraint"});
}

Result<Shape> DepthwiseConv2D::output_shape(const Shape& x) const {
  const int channels = x.rank() == 3 ? x[2] : 1;
  constexpr int most_channels = 1 << 16;
  if (channels > most_channels / depth_multiplier) {
    return Error{"bad_config", "depth_multiplier " + std::to_string(depth_multiplier) + " makes more than " +
                                   std::to_string(most_channels) + " maps of its input " + to_string(x)};
  }
  return slide_over(x, sliding(), channels * depth_multiplier, "kernel_size");
}

std::vector<ParameterSpec> DepthwiseConv2D::params(const Shape& x) const {
  // Keras computes the fans from the kernel's shape [kh, kw, C, M], though each output sums one channel only.
  const double window = static_cast<double>(kernel_size.height) * kernel_size.width;
  const FanSizes fan{window * x[2], window * depth_multiplier};
  std::vector<ParameterSpec> list{{"depthwise_kernel",
                                   {kernel_size.height, kernel_size.width, x[2], depth_multiplier},
                                   depthwise_initializer,
                                   fan,
                                   true,
                                   depthwise_regularizer}};
  if (use_bias)
    list.push_back({"bias", {x[2] * depth_multiplier}, bias_initializer, fan, true, bias_regularizer});
  return list;
}

Needs DepthwiseConv2D::needs(const Shape&, int) const { return {.backward_reads_x = true}; }

UnitWeights DepthwiseConv2D::unit_weights(const Shape& x, int channel,
                                          std::span<const float* const> params) const {
  UnitWeights unit{.first_channel = channel / depth_multiplier, .channels = 1};
  unit.take(params, static_cast<std::size_t>(kernel_size.height * kernel_size.width),
            static_cast<std::size_t>(x[2] * depth_multiplier), channel);
  return unit;
}

double DepthwiseConv2D::flops(const Shape&, const Shape& y) const {
  return 2.0 * kernel_size.height * kernel_size.width * static_cast<double>(count(y));
}

void DepthwiseConv2D::forward(const Forward& f) const {
  const Conv2DShape shape = conv2d_shape(f.batch, f.x_shape(), *f.y_shape, sliding());
  depthwise_conv2d_forward(f.exec, shape, f.x(), f.params[0], use_bias ? f.params[1] : nullptr, Fused{f.relu},
                           f.y);
}

void DepthwiseConv2D::backward(const Backward& b) const {
  Conv2DBackward gradients;
  gradients.x = b.x(), gradients.kernel = b.params[0], gradients.dy = b.dy,
  gradients.y = b.relu ? b.y : nullptr;
  gradients.dx = b.dx(), gradients.dkernel = b.gradients[0],
  gradients.dbias = use_bias ? b.gradients[1] : nullptr;
  depthwise_conv2d_backward(b.exec, conv2d_shape(b.batch, b.x_shape(), *b.y_shape, sliding()), gradients);
}

Result<void> DepthwiseConv2D::onnx(OnnxGraph& graph) const {
  const Shape& k = graph.shape(0);
  const std::span<const float> kernel = graph.values(0);
  const int maps = k[2] * k[3];
  std::vector<float> transposed;  // [C*M, 1, kh, kw]
  for (int map = 0; map < maps; ++map) {
    for (int cell = 0; cell < k[0] * k[1]; ++cell) {
      transposed.push_back(kernel[static_cast<std::size_t>(cell * maps + map)]);
    }
  }
  std::vector<OnnxAttribute> attributes = graph.window(sliding());
  attributes.push_back(OnnxAttribute::of("group", std::int64_t{k[2]}));
  graph.give(graph.add("Conv",
                       {graph.x(), graph.constant(0, {maps, 1, k[0], k[1]}, std::move(transposed)),
                        use_bias ? graph.constant(1) : ""},
                       std::move(attributes)));
  return {};
}

}  // namespace cnn
