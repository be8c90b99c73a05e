#include "core/layers/onnx_graph.h"

#include <algorithm>

namespace cnn {
namespace {

constexpr std::int64_t kChannelAxis = 1;  // of maps [N, C, H, W] and of rows [N, units] alike

std::vector<std::int64_t> dims_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

}  // namespace

void OnnxGraph::begin(OnnxLayer layer) {
  layer_ = std::move(layer);
  y_.clear();
}

std::string OnnxGraph::constant(std::size_t parameter) {
  const std::span<const float> numbers = values(parameter);
  return constant(parameter, dims_of(shape(parameter)), {numbers.begin(), numbers.end()});
}

std::string OnnxGraph::constant(std::size_t parameter, std::vector<std::int64_t> dims,
                                std::vector<float> numbers) {
  file_.constants.push_back(
      {layer_.parameters[parameter].name, std::move(dims), OnnxType::float32, std::move(numbers), {}});
  return file_.constants.back().name;
}

std::string OnnxGraph::constant(std::string_view name, std::vector<std::int64_t> dims,
                                std::vector<float> numbers) {
  file_.constants.push_back(
      {layer_.name + "/" + std::string(name), std::move(dims), OnnxType::float32, std::move(numbers), {}});
  return file_.constants.back().name;
}

std::string OnnxGraph::constant(std::string_view name, std::vector<std::int64_t> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  file_.constants.push_back(
      {layer_.name + "/" + std::string(name), {size}, OnnxType::int64, {}, std::move(values)});
  return file_.constants.back().name;
}

std::string OnnxGraph::add(std::string_view op, std::vector<std::string> inputs,
                           std::vector<OnnxAttribute> attributes) {
  std::string name = layer_.name + "/" + std::string(op);
  for (int i = 1; std::find(taken_.begin(), taken_.end(), name) != taken_.end(); ++i) {
    name = layer_.name + "/" + std::string(op) + "_" + std::to_string(i);
  }
  while (!inputs.empty() && inputs.back().empty()) inputs.pop_back();
  taken_.push_back(name);
  file_.nodes.push_back({std::string(op), name, "", std::move(inputs), {name}, std::move(attributes)});
  return name;
}

std::string OnnxGraph::channels_last(const std::string& maps) {
  return add("Transpose", {maps}, {OnnxAttribute::of("perm", std::vector<std::int64_t>{0, 2, 3, 1})});
}

std::string OnnxGraph::channels_first(const std::string& maps) {
  return add("Transpose", {maps}, {OnnxAttribute::of("perm", std::vector<std::int64_t>{0, 3, 1, 2})});
}

std::string OnnxGraph::activation(const ActivationSpec& spec, const std::string& x) {
  const OnnxAttribute alpha = OnnxAttribute::of("alpha", static_cast<float>(spec.alpha));
  switch (spec.kind) {
    case Activation::linear:
      return x;
    case Activation::relu:
      return add("Relu", {x});
    case Activation::sigmoid:
      return add("Sigmoid", {x});
    case Activation::tanh:
      return add("Tanh", {x});
    case Activation::leaky_relu:
      return add("LeakyRelu", {x}, {alpha});
    case Activation::elu:
      return add("Elu", {x}, {alpha});
    case Activation::gelu:
      need_opset(20);
      return add("Gelu", {x});
    case Activation::gelu_tanh:
      need_opset(20);
      return add("Gelu", {x}, {OnnxAttribute::of("approximate", std::string("tanh"))});
    case Activation::softmax:
      if (spec.whole && y_shape().rank() == 3) {
        const std::string row =
            add("Softmax", {add("Flatten", {x})}, {OnnxAttribute::of("axis", kChannelAxis)});
        std::vector<std::int64_t> sizes{-1, y_shape()[2], y_shape()[0], y_shape()[1]};
        return add("Reshape", {row, constant("maps", std::move(sizes))});
      }
      return add("Softmax", {x}, {OnnxAttribute::of("axis", kChannelAxis)});
    case Activation::log_softmax:
      return add("LogSoftmax", {x}, {OnnxAttribute::of("axis", kChannelAxis)});
    case Activation::silu:
      return add("Mul", {x, add("Sigmoid", {x})});
    case Activation::selu:
      return add("Selu", {x});
    case Activation::softplus:
      return add("Softplus", {x});
    case Activation::softsign:
      return add("Softsign", {x});
    case Activation::relu6:
      return add("Clip",
                 {x, constant("min", {}, {0.0f}), constant("max", {}, {static_cast<float>(spec.alpha)})});
    case Activation::mish:
      return add("Mul", {x, add("Tanh", {add("Softplus", {x})})});
    case Activation::hard_sigmoid:
      return add("HardSigmoid", {x}, {alpha, OnnxAttribute::of("beta", 0.5f)});
    case Activation::hard_silu:
      return add("HardSwish", {x});
  }
  return x;
}

std::vector<OnnxAttribute> OnnxGraph::window(const Sliding& sliding) const {
  const auto ends = [&](int size, int window, int stride, Padding::Sides sides) {
    if (!sides.same) return std::pair<std::int64_t, std::int64_t>(sides.before, sides.after);
    const Window place = slide(size, window, stride, sides);
    const int total = std::max(0, (place.count - 1) * stride + window - size);
    return std::pair<std::int64_t, std::int64_t>(place.pad_before, total - place.pad_before);
  };
  const auto [top, bottom] =
      ends(x_shape()[0], sliding.window.height, sliding.stride.height, sliding.padding.rows());
  const auto [left, right] =
      ends(x_shape()[1], sliding.window.width, sliding.stride.width, sliding.padding.columns());
  using Sizes = std::vector<std::int64_t>;
  return {OnnxAttribute::of("kernel_shape", Sizes{sliding.window.height, sliding.window.width}),
          OnnxAttribute::of("strides", Sizes{sliding.stride.height, sliding.stride.width}),
          OnnxAttribute::of("pads", Sizes{top, left, bottom, right})};
}

void OnnxGraph::need_opset(std::int64_t opset) {
  file_.opset = std::max(file_.opset, opset);
  if (file_.opset >= 20)
    file_.ir_version = std::max<std::int64_t>(file_.ir_version, 9);  // they came out together
}

}  // namespace cnn
