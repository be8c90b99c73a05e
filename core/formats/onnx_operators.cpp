// The table of supported ONNX operators (https://onnx.ai/onnx/operators/), and those that need no window.
#include <algorithm>
#include <cmath>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_import.h"

namespace cnn {
namespace {

std::int64_t integer(const OnnxNode& node, std::string_view attribute, std::int64_t otherwise) {
  const OnnxAttribute* found = node.find(attribute);
  return found && found->kind == OnnxAttribute::Kind::integer ? found->integer : otherwise;
}

float number(const OnnxNode& node, std::string_view attribute, float otherwise) {
  const OnnxAttribute* found = node.find(attribute);
  return found && found->kind == OnnxAttribute::Kind::number ? found->number : otherwise;
}

bool are_all(float value, const std::vector<float>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [&](float number) { return number == value; });
}

/// The shortest decimal number that rounds to this float: 0.001, not 0.0010000000474974513.
double shortest(float value) {
  if (value == 0 || !std::isfinite(value)) return static_cast<double>(value);
  const auto exact = static_cast<double>(value);
  const double magnitude = std::floor(std::log10(std::abs(exact)));
  constexpr int most_digits = 9;
  for (int digits = 1; digits < most_digits; ++digits) {
    const double power = std::pow(10.0, digits - 1 - magnitude);
    const double rounded = std::round(exact * power) / power;
    if (static_cast<float>(rounded) == value) return rounded;
  }
  return exact;
}

}  // namespace

OnnxReader::Operator OnnxReader::find_operator(std::string_view op) {
  static constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"Identity", &OnnxReader::same},
      {"Cast", &OnnxReader::same},
      {"Dropout", &OnnxReader::same},  // active in training only
      {"Constant", &OnnxReader::constant},
      {"Pad", &OnnxReader::pad},
      {"Transpose", &OnnxReader::transpose},
      {"Conv", &OnnxReader::convolution},
      {"MaxPool", &OnnxReader::max_pool},
      {"AveragePool", &OnnxReader::average_pool},
      {"GlobalAveragePool", &OnnxReader::global_average_pool},
      {"ReduceMean", &OnnxReader::reduce_mean},
      {"Flatten", &OnnxReader::flatten},
      {"Reshape", &OnnxReader::reshape},
      {"Squeeze", &OnnxReader::squeeze},
      {"Gemm", &OnnxReader::gemm},
      {"MatMul", &OnnxReader::matrix_product},
      {"BatchNormalization", &OnnxReader::batch_normalization},
      {"Relu", &OnnxReader::activation},
      {"LeakyRelu", &OnnxReader::activation},
      {"Elu", &OnnxReader::activation},
      {"Sigmoid", &OnnxReader::activation},
      {"Tanh", &OnnxReader::activation},
      {"Gelu", &OnnxReader::activation},
      {"Softmax", &OnnxReader::softmax},
      {"Add", &OnnxReader::arithmetic},
      {"Sub", &OnnxReader::arithmetic},
      {"Mul", &OnnxReader::arithmetic},
      {"Div", &OnnxReader::arithmetic},
  };
  for (const auto& [name, read] : kOperators) {
    if (name == op) return read;
  }
  return nullptr;
}

OnnxReader::Done OnnxReader::same(const OnnxNode& node) {
  if (const OnnxTensor* known = constant_input(node, 0)) {
    constants_.emplace(node.outputs[0], known);
    return {};
  }
  const Result<Value*> x = value_input(node);
  if (!x) return x.error();
  give_same(node, **x);
  return {};
}

OnnxReader::Done OnnxReader::constant(const OnnxNode& node) {
  const OnnxAttribute* value = node.find("value");
  if (!value || value->kind != OnnxAttribute::Kind::tensor)
    return wrong("its value is not an array of numbers");
  constants_.emplace(node.outputs[0], &value->tensor);
  return {};
}

/// PyTorch writes a Pad before every AveragePool, usually with all sizes 0.
OnnxReader::Done OnnxReader::pad(const OnnxNode& node) {
  const OnnxAttribute* attribute = node.find("pads");  // until opset 10
  const OnnxTensor* input = constant_input(node, 1);
  if (!attribute && !input) return wrong("its pads are not constant");
  const std::vector<std::int64_t>& pads = attribute ? attribute->integers : input->integers;
  if (std::any_of(pads.begin(), pads.end(), [](std::int64_t size) { return size != 0; })) {
    return wrong("padding is supported only as part of a convolution or pooling");
  }
  return same(node);
}

OnnxReader::Done OnnxReader::transpose(const OnnxNode& node) {
  const Result<Value*> x = value_input(node);
  if (!x) return x.error();
  const OnnxAttribute* order = node.find("perm");
  using Sizes = std::vector<std::int64_t>;
  Value y = **x;
  if (order && order->integers == Sizes{0, 2, 3, 1} && y.order == Order::maps) {
    y.order = Order::maps_last;
  } else if (order && order->integers == Sizes{0, 3, 1, 2} && y.order == Order::maps_last) {
    y.order = Order::maps;
  } else {
    return wrong("only [N, C, H, W] to [N, H, W, C] and back is supported");
  }
  give_same(node, y);
  return {};
}

OnnxReader::Done OnnxReader::add_after(const OnnxNode& node, const Value& value, std::string_view class_name,
                                       Json config, std::vector<std::vector<float>> weights) {
  const Result<int> layer = add_layer(class_name, name_for(node, weights.empty() ? 0 : 1), std::move(config),
                                      {value.layer}, std::move(weights));
  if (!layer) return layer.error();
  give(node, {*layer, value.order, false, value.maps});
  return {};
}

OnnxReader::Done OnnxReader::dense(const OnnxNode& node, const OnnxTensor& weights, bool transposed,
                                   const OnnxTensor* bias) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const Value value = **x;
  if (value.order == Order::maps || value.order == Order::pieces)
    return wrong("its input is not a row of numbers");
  if (weights.dims.size() != 2 || weights.floats.empty()) return wrong("its weights are not a matrix");
  const auto rows = static_cast<std::size_t>(weights.dims[0]),
             columns = static_cast<std::size_t>(weights.dims[1]);
  const std::size_t inputs = transposed ? columns : rows, units = transposed ? rows : columns;
  if (inputs != static_cast<std::size_t>(made(value).shape.back())) {
    return wrong("its weights take " + std::to_string(inputs) + " numbers, but its input has " +
                 std::to_string(made(value).shape.back()));
  }
  std::vector<float> kernel(weights.floats.size());
  const Shape& maps = value.maps;
  for (std::size_t i = 0; i < inputs; ++i) {
    std::size_t from = i;
    if (value.order == Order::row_of_maps) {  // index (h*W + w)*C + c here is c*H*W + h*W + w in ONNX
      const auto channels = static_cast<std::size_t>(maps[2]),
                 cells = static_cast<std::size_t>(maps[0] * maps[1]);
      from = i % channels * cells + i / channels;
    }
    for (std::size_t u = 0; u < units; ++u)
      kernel[i * units + u] = weights.floats[transposed ? u * inputs + from : from * units + u];
  }
  std::vector<std::vector<float>> both;
  both.push_back(std::move(kernel));
  if (bias) both.push_back(bias->floats);
  Json config = Json::object({{"units", units}, {"use_bias", bias != nullptr}});
  const Result<int> layer =
      add_layer("Dense", name_for(node, 1), std::move(config), {value.layer}, std::move(both));
  if (!layer) return layer.error();
  give(node, {*layer, value.order == Order::maps_last ? Order::maps_last : Order::row});
  return {};
}

OnnxReader::Done OnnxReader::gemm(const OnnxNode& node) {
  const OnnxTensor *weights = constant_input(node, 1), *bias = constant_input(node, 2);
  const bool has_bias = node.inputs.size() > 2 && !node.inputs[2].empty();
  if (!weights || (has_bias && !bias)) return wrong("its weights or its bias are not constant");
  if (number(node, "alpha", 1) != 1 || (has_bias && number(node, "beta", 1) != 1) ||
      integer(node, "transA", 0) != 0) {
    return wrong("alpha and beta must be 1 and transA 0");
  }
  return dense(node, *weights, integer(node, "transB", 0) != 0, bias);
}

OnnxReader::Done OnnxReader::matrix_product(const OnnxNode& node) {
  const OnnxTensor* weights = constant_input(node, 1);
  if (!weights) return wrong("its second input is not constant");
  return dense(node, *weights, false, nullptr);
}

OnnxReader::Done OnnxReader::batch_normalization(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  if ((*x)->order != Order::maps && (*x)->order != Order::row)
    return wrong("its input is neither [N, C, H, W] nor [N, units]");
  Json config = Json::object({{"epsilon", shortest(number(node, "epsilon", 1e-5f))}});
  std::vector<std::vector<float>> weights;
  for (std::size_t i = 1; i <= 4; ++i) {
    const OnnxTensor* array = constant_input(node, i);
    if (!array) return wrong("its scale, bias, mean and variance must be constants");
    // Written by our own export where the layer has no gamma or beta.
    const bool is_fixed = (i == 1 && node.inputs[i].ends_with("/fixed_gamma") && are_all(1, array->floats)) ||
                          (i == 2 && node.inputs[i].ends_with("/fixed_beta") && are_all(0, array->floats));
    if (is_fixed) {
      config[i == 1 ? "scale" : "center"] = false;
    } else {
      weights.push_back(array->floats);
    }
  }
  const Result<int> layer = add_layer("BatchNormalization", name_for(node, 3), std::move(config),
                                      {(*x)->layer}, std::move(weights));
  if (!layer) return layer.error();
  give(node, {*layer, (*x)->order, false, (*x)->maps});
  return {};
}

OnnxReader::Done OnnxReader::activation(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const auto alpha = [&](float otherwise) { return shortest(number(node, "alpha", otherwise)); };
  const auto as_layer = [](std::string_view class_name, std::string_view key, double value) {
    return Json::object({{"class_name", class_name}, {"config", Json::object({{std::string(key), value}})}});
  };
  if (node.op == "Relu") return add_activation(node, **x, "relu");
  if (node.op == "Sigmoid") return add_activation(node, **x, "sigmoid");
  if (node.op == "Tanh") return add_activation(node, **x, "tanh");
  if (node.op == "LeakyRelu")
    return add_activation(node, **x, as_layer("LeakyReLU", "negative_slope", alpha(0.01f)));
  if (node.op == "Elu") return add_activation(node, **x, as_layer("ELU", "alpha", alpha(1)));
  const OnnxAttribute* how = node.find("approximate");
  return add_activation(node, **x, how && how->text == "tanh" ? "gelu_new" : "gelu");
}

OnnxReader::Done OnnxReader::softmax(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const std::int64_t axis = integer(node, "axis", file_.opset < 13 ? 1 : -1);
  const bool over_channels = (*x)->order == Order::row ? axis == 1 || axis == -1
                             : (*x)->order == Order::maps
                                 ? axis == 1 || axis == -3
                                 : (*x)->order == Order::maps_last && (axis == 3 || axis == -1);
  if (!over_channels)
    return wrong("axis " + std::to_string(axis) + " is not the axis of the classes or channels");
  return add_activation(node, **x, "softmax");
}

/// Sets the activation of the preceding layer if that has none yet and nothing else reads its output;
/// otherwise adds an Activation layer.
OnnxReader::Done OnnxReader::add_activation(const OnnxNode& node, const Value& value, Json activation) {
  Made& before = made(value);
  if (is_only_reader(node, 0, value) && before.config.find("use_bias") && !before.config.find("activation")) {
    before.config["activation"] = std::move(activation);
    give(node, value);
    return read_fields(before.config, before.layer->name, {},
                       [&](Fields& fields) { before.layer->fields(fields); });
  }
  return add_after(node, value, "Activation", Json::object({{"activation", std::move(activation)}}));
}

}  // namespace cnn
