#include "core/layers/conv2d.h"

#include "core/kernels/conv2d.h"
#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"
#include "core/layers/whitening.h"

namespace cnn {

void Conv2D::fields(Fields& field) {
  field("filters", filters, {.min = 1, .max = 4096, .required = true},
        "Number of kernels to learn, and so of output maps.");
  field("kernel_size", kernel_size, {.min = 1, .max = 31, .required = true},
        "Height and width of each kernel.");
  field("strides", strides, {.min = 1, .max = 31}, "Step from one position to the next; 2 halves the map.");
  field("padding", padding,
        "valid keeps kernels inside the picture, so the map shrinks; same pads with zeros.");
  channels_last_only(field);
  no_dilation(field);
  field.fixed("groups", {1}, "use DepthwiseConv2D for one kernel per channel");
  field("activation", activation_spec, "Function applied to every output.");
  field("use_bias", use_bias, "Add one learned number to each map.");
  field("kernel_initializer", kernel_initializer, "Initial kernels.");
  field("bias_initializer", bias_initializer, "Initial biases.");
  field("kernel_regularizer", kernel_regularizer, "Penalty on large kernel weights, added to the loss.");
  field("bias_regularizer", bias_regularizer, "Penalty on large biases, added to the loss.");
  ignore(field, {"activity_regularizer", "kernel_constraint", "bias_constraint"});
}

Result<Shape> Conv2D::output_shape(const Shape& x) const {
  Result<Shape> y = slide_over(x, sliding(), filters, "kernel_size");
  if (!y || !whitens()) return y;
  const std::int64_t directions = static_cast<std::int64_t>(kernel_size.height) * kernel_size.width * x[2];
  constexpr std::int64_t most_directions = 256;  // the work grows with the cube of their number
  if (directions > most_directions) {
    return Error{"bad_config", "kernel_initializer whitening takes kernels of at most " +
                                   std::to_string(most_directions) +
                                   " numbers (height * width * channels), not " + std::to_string(directions)};
  }
  if (filters % 2 != 0 || filters > 2 * directions) {
    return Error{"bad_config", "kernel_initializer whitening needs an even number of filters, at most " +
                                   std::to_string(2 * directions) + " for this kernel, not " +
                                   std::to_string(filters)};
  }
  return y;
}

std::vector<ParameterSpec> Conv2D::params(const Shape& x) const {
  const double window = static_cast<double>(kernel_size.height) * kernel_size.width;
  const FanSizes fan{window * x[2], window * filters};
  std::vector<ParameterSpec> list{{"kernel",
                                   {kernel_size.height, kernel_size.width, x[2], filters},
                                   kernel_initializer,
                                   fan,
                                   !whitens(),
                                   kernel_regularizer}};
  if (use_bias) list.push_back({"bias", {filters}, bias_initializer, fan, true, bias_regularizer});
  return list;
}

Needs Conv2D::needs(const Shape&, int) const { return {.backward_reads_x = true}; }

double Conv2D::flops(const Shape& x, const Shape& y) const {
  return 2.0 * kernel_size.height * kernel_size.width * x[2] * static_cast<double>(count(y));
}

UnitWeights Conv2D::unit_weights(const Shape& x, int channel, std::span<const float* const> params) const {
  UnitWeights unit{.channels = x[2]};
  unit.take(params, static_cast<std::size_t>(kernel_size.height * kernel_size.width * x[2]),
            static_cast<std::size_t>(filters), channel);
  return unit;
}

std::size_t Conv2D::sum_count(const Shape& x) const { return whitens() ? patch_sums(kernel_size, x[2]) : 0; }

void Conv2D::gather(const Shape& x_shape, int batch, const float* x, std::span<double> sums) const {
  gather_patches(x_shape, batch, x, kernel_size, sums);
}

void Conv2D::settle(const Shape&, std::span<const double> sums, std::span<float* const> params) const {
  constexpr double epsilon = 5e-4;  // the paper's; bounds the weights of directions with little variance
  whitening_kernel(sums, epsilon, filters, params[0]);
}

void Conv2D::forward(const Forward& f) const {
  const Conv2DShape shape = conv2d_shape(f.batch, f.x_shape(), *f.y_shape, sliding());
  conv2d_forward(f.exec, shape, f.x(), f.params[0], use_bias ? f.params[1] : nullptr, Fused{f.relu}, f.y);
}

void Conv2D::backward(const Backward& b) const {
  Conv2DBackward gradients;
  gradients.x = b.x(), gradients.kernel = b.params[0], gradients.dy = b.dy,
  gradients.y = b.relu ? b.y : nullptr;
  gradients.dx = b.dx(), gradients.dkernel = b.gradients[0],
  gradients.dbias = use_bias ? b.gradients[1] : nullptr;
  conv2d_backward(b.exec, conv2d_shape(b.batch, b.x_shape(), *b.y_shape, sliding()), gradients);
}

Result<void> Conv2D::onnx(OnnxGraph& graph) const {
  const Shape& k = graph.shape(0);  // HWIO here, OIHW in ONNX
  const std::span<const float> kernel = graph.values(0);
  std::vector<float> transposed;
  for (int f = 0; f < k[3]; ++f) {
    for (int c = 0; c < k[2]; ++c) {
      for (int cell = 0; cell < k[0] * k[1]; ++cell) {
        transposed.push_back(kernel[static_cast<std::size_t>((cell * k[2] + c) * k[3] + f)]);
      }
    }
  }
  graph.give(graph.add("Conv",
                       {graph.x(), graph.constant(0, {k[3], k[2], k[0], k[1]}, std::move(transposed)),
                        use_bias ? graph.constant(1) : ""},
                       graph.window(sliding())));
  return {};
}

}  // namespace cnn
