// The table of supported ONNX operators (https://onnx.ai/onnx/operators/), and the simple ones.
#include <algorithm>
#include <cmath>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_folding.h"
#include "core/formats/onnx_operator.h"

namespace cnn {

const OnnxReader::OperatorRow* OnnxReader::find_operator(std::string_view op) {
  static constexpr OperatorRow kOperators[] = {
      {"Identity", &OnnxReader::same, ""},
      {"Cast", &OnnxReader::cast, "to:i saturate:i round_mode:s"},
      {"Dropout", &OnnxReader::dropout, "ratio:f seed:i"},
      {"Constant", &OnnxReader::unread, ""},
      {"Shape", &OnnxReader::shape, "start:i end:i"},
      {"Pad", &OnnxReader::pad, "mode:s pads:I value:f"},
      {"Transpose", &OnnxReader::transpose, "perm:I"},
      {"Conv", &OnnxReader::convolution, "auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I"},
      {"MaxPool", &OnnxReader::max_pool,
       "auto_pad:s ceil_mode:i dilations:I kernel_shape:I pads:I storage_order:i strides:I"},
      {"AveragePool", &OnnxReader::average_pool,
       "auto_pad:s ceil_mode:i count_include_pad:i dilations:I kernel_shape:I pads:I strides:I"},
      {"GlobalAveragePool", &OnnxReader::global_pool, ""},
      {"GlobalMaxPool", &OnnxReader::global_pool, ""},
      {"Concat", &OnnxReader::concat, "axis:i"},
      {"ReduceMax", &OnnxReader::reduce, "axes:I keepdims:i noop_with_empty_axes:i"},
      {"ReduceMean", &OnnxReader::reduce, "axes:I keepdims:i noop_with_empty_axes:i"},
      {"Flatten", &OnnxReader::flatten, "axis:i"},
      {"Reshape", &OnnxReader::reshape, "allowzero:i"},
      {"Expand", &OnnxReader::expand, ""},
      {"Squeeze", &OnnxReader::squeeze, "axes:I"},
      {"Unsqueeze", &OnnxReader::unsqueeze, "axes:I"},
      {"Gemm", &OnnxReader::gemm, "alpha:f beta:f transA:i transB:i"},
      {"MatMul", &OnnxReader::matrix_product, ""},
      {"BatchNormalization", &OnnxReader::batch_normalization,
       "epsilon:f momentum:f spatial:i training_mode:i"},
      {"LayerNormalization", &OnnxReader::layer_normalization, "axis:i epsilon:f stash_type:i"},
      {"PRelu", &OnnxReader::prelu, ""},
      {"Softmax", &OnnxReader::softmax, "axis:i"},
      {"LogSoftmax", &OnnxReader::softmax, "axis:i"},
      {"Add", &OnnxReader::arithmetic, ""},
      {"Sub", &OnnxReader::arithmetic, ""},
      {"Mul", &OnnxReader::arithmetic, ""},
      {"Div", &OnnxReader::arithmetic, ""},
      // Functions of single numbers are recognized by their values, onnx_curves.cpp.
      {"Relu", &OnnxReader::unread, ""},
      {"LeakyRelu", &OnnxReader::unread, "alpha:f"},
      {"Elu", &OnnxReader::unread, "alpha:f"},
      {"Celu", &OnnxReader::unread, "alpha:f"},
      {"Selu", &OnnxReader::unread, "alpha:f gamma:f"},
      {"ThresholdedRelu", &OnnxReader::unread, "alpha:f"},
      {"Sigmoid", &OnnxReader::unread, ""},
      {"HardSigmoid", &OnnxReader::unread, "alpha:f beta:f"},
      {"HardSwish", &OnnxReader::unread, ""},
      {"Swish", &OnnxReader::unread, "alpha:f"},
      {"Mish", &OnnxReader::unread, ""},
      {"Tanh", &OnnxReader::unread, ""},
      {"Softplus", &OnnxReader::unread, ""},
      {"Softsign", &OnnxReader::unread, ""},
      {"Gelu", &OnnxReader::unread, "approximate:s"},
      {"Clip", &OnnxReader::unread, "min:f max:f"},
      {"Min", &OnnxReader::unread, ""},
      {"Max", &OnnxReader::unread, ""},
      {"Greater", &OnnxReader::unread, ""},
      {"GreaterOrEqual", &OnnxReader::unread, ""},
      {"Less", &OnnxReader::unread, ""},
      {"LessOrEqual", &OnnxReader::unread, ""},
      {"Where", &OnnxReader::unread, ""},
      {"Erf", &OnnxReader::unread, ""},
      {"Exp", &OnnxReader::unread, ""},
      {"Log", &OnnxReader::unread, ""},
      {"Sqrt", &OnnxReader::unread, ""},
      {"Neg", &OnnxReader::unread, ""},
      {"Abs", &OnnxReader::unread, ""},
      {"Reciprocal", &OnnxReader::unread, ""},
      {"Pow", &OnnxReader::unread, ""},
  };
  for (const OperatorRow& known : kOperators) {
    if (known.op == op) return &known;
  }
  return nullptr;
}

/// Attributes change what an operator computes, so one that is not known is an error.
OnnxReader::Done OnnxReader::check_attributes(const OnnxNode& node, const OperatorRow& known) const {
  using Kind = OnnxAttribute::Kind;
  const auto letter = [](Kind kind) {
    switch (kind) {
      case Kind::number:
        return 'f';
      case Kind::integer:
        return 'i';
      case Kind::text:
        return 's';
      case Kind::integers:
        return 'I';
      case Kind::numbers:
      case Kind::tensor:
      case Kind::other:
        break;
    }
    return '?';
  };
  for (const OnnxAttribute& attribute : node.attributes) {
    std::string_view rest = known.attributes;
    bool found = false;
    while (!rest.empty() && !found) {
      const std::string_view one = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      found = one.substr(0, one.size() - 2) == attribute.name && one.back() == letter(attribute.kind);
      // Old files give an empty list the kind "other".
      found = found || (attribute.kind == Kind::other && one.substr(0, one.size() - 2) == attribute.name &&
                        one.back() == 'I');
    }
    if (!found)
      return wrong("its attribute \"" + attribute.name + "\" is not supported" +
                   (known.attributes.empty() ? "" : "; supported are " + std::string(known.attributes)));
  }
  return {};
}

Error OnnxReader::no_layer(const OnnxNode& node) const {
  const std::string none = "there is no layer for this operator";
  if (!node.domain.empty() && node.domain != "ai.onnx")
    return wrong(
        "there is no layer for operators of \"" + node.domain + "\", only for ONNX's own; " +
        (node.domain.starts_with("com.microsoft")
             ? "ONNX Runtime writes them when it optimizes a model: open the file from before that, or "
               "export the model again"
             : "export the model again without them"));
  if (node.op == "GroupNormalization" || node.op == "InstanceNormalization") {
    const OnnxAttribute* groups = node.find("num_groups");
    return wrong((groups ? "num_groups is " + std::to_string(groups->integer) + "; for groups of channels "
                         : std::string("for a normalization of single maps ")) +
                 std::string(kNoGroups));
  }
  if (node.op.starts_with("Quantize") || node.op.starts_with("Dequantize") ||
      node.op.starts_with("QLinear") || node.op.ends_with("Integer") ||
      node.op.starts_with("DynamicQuantize"))
    return wrong(none + "; export the model before it is quantized, with float weights");
  constexpr std::pair<std::string_view, std::string_view> advice[] = {
      {"Slice",
       "maps cannot be sliced, with or without steps; for a ResNet's shortcut use a 1 x 1 convolution with "
       "the "
       "same strides, and for parts of the channels one convolution for each part"},
      {"Split", "maps cannot be divided; use one convolution for each part"},
      {"Gather", "channels cannot be picked or put in another order; do it to the weights of the next layer"},
      {"Resize", "maps cannot be resized; use strides or pooling, or scale the pictures first"},
      {"ConvTranspose", "upsampling is not supported; a classifier does not need it"},
      {"ArgMax",
       "the answer must be one number for each class, not the number of the best class; leave it out"},
      {"ReduceSum", "train the model with the mean over height and width instead"},
      {"ReduceL2", "train the model with the mean over height and width instead"},
  };
  for (const auto& [op, text] : advice) {
    if (node.op == op) return wrong(none + ": " + std::string(text) + ", and export the model again");
  }
  return wrong(none + "; replace it in the model and export again");
}

OnnxReader::Done OnnxReader::unread(const OnnxNode& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i].empty() || constant_input(node, i)) continue;
    if (const Result<Value*> x = value_input(node, i); !x) return x.error();
  }
  return wrong(
      "it computes a function that is not an activation here; train the model with a similar one, such as "
      "relu6, leaky_relu, elu, tanh or hard_sigmoid, and export it again");
}

OnnxReader::Done OnnxReader::same(const OnnxNode& node) {
  const Result<Value*> x = value_input(node);
  if (!x) return x.error();
  if ((*x)->curve) {  // the node counts as one of the curve's
    Value value = **x;
    Curve curve = *value.curve;
    curve.nodes.push_back(&node);
    value.curve = std::make_shared<const Curve>(std::move(curve));
    give(node, std::move(value));
    return {};
  }
  give_same(node, **x);
  return {};
}

OnnxReader::Done OnnxReader::cast(const OnnxNode& node) {
  const auto to = static_cast<OnnxType>(integer(node, "to", 0));
  if (!is_float(to)) return wrong("it converts a layer's output to integers, which is not supported");
  return same(node);
}

/// Active in training only, unless its third input says otherwise.
OnnxReader::Done OnnxReader::dropout(const OnnxNode& node) {
  if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
    const OnnxTensor* trains = constant_input(node, 2);
    if (!trains || trains->integers != std::vector<std::int64_t>{0})
      return wrong("training_mode is not false; export the model for inference");
  }
  return same(node);
}

OnnxReader::Done OnnxReader::shape(const OnnxNode& node) {
  const Result<Value*> x = value_input(node);
  if (!x) return x.error();
  if ((*x)->order == Order::pieces) return wrong("its input is neither maps nor a row");
  folded_.push_back(shape_constant(node, dims_of(**x)));
  constants_.emplace(node.outputs[0], &folded_.back());
  return {};
}

OnnxReader::Done OnnxReader::add_after(const OnnxNode& node, const Value& value, std::string_view class_name,
                                       Json config, std::vector<std::vector<float>> weights,
                                       std::size_t named_by) {
  const Result<int> layer =
      add_layer(class_name, name_for(node, named_by), std::move(config), {value.layer}, std::move(weights));
  if (!layer) return layer.error();
  Value y = value;
  y.layer = *layer, y.shared = false;
  give(node, std::move(y));
  return {};
}

OnnxReader::Done OnnxReader::change_config(Made& made, std::string_view key, Json value) {
  made.config[key] = std::move(value);
  return read_fields(made.config, made.layer->name, {}, [&](Fields& fields) { made.layer->fields(fields); });
}

OnnxReader::Done OnnxReader::dense(const OnnxNode& node, const OnnxTensor& weights, bool transposed,
                                   const OnnxTensor* bias) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const Value value = **x;
  if (value.order == Order::maps || value.order == Order::pieces || value.order == Order::cell)
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
  for (std::size_t i = 0; i < inputs; ++i) {
    const std::size_t from = value.places ? (*value.places)[i] : i;
    for (std::size_t u = 0; u < units; ++u)
      kernel[i * units + u] = weights.floats[transposed ? u * inputs + from : from * units + u];
  }
  std::vector<std::vector<float>> both;
  both.push_back(std::move(kernel));
  if (bias) {
    both.push_back(bias->floats);
    if (bias->floats.size() == 1) both.back().assign(units, bias->floats[0]);  // broadcast
    if (both.back().size() != units ||
        (!bias->dims.empty() && bias->dims.back() == 1 && bias->dims.size() > 1 && bias->dims[0] != 1))
      return wrong("its bias has shape " + to_string(bias->dims) + ", which is neither one number nor " +
                   std::to_string(units));
  }
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
  if (integer(node, "transA", 0) != 0) return wrong("transA must be 0");
  const float alpha = number(node, "alpha", 1), beta = number(node, "beta", 1);
  if (alpha != 1 || (bias && beta != 1)) {  // y = alpha * x * W + beta * b
    for (const auto& [tensor, factor] : {std::pair(&weights, alpha), std::pair(&bias, beta)}) {
      if (!*tensor) continue;
      folded_.push_back(**tensor);
      for (float& value : folded_.back().floats) value *= factor;
      *tensor = &folded_.back();
    }
  }
  return dense(node, *weights, integer(node, "transB", 0) != 0, bias);
}

OnnxReader::Done OnnxReader::matrix_product(const OnnxNode& node) {
  const OnnxTensor* weights = constant_input(node, 1);
  if (!weights) return wrong("its second input is not constant");
  return dense(node, *weights, false, nullptr);
}

/// Ignoring axes of size 1, softmax must run over the channels or over all axes.
OnnxReader::Done OnnxReader::softmax(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const std::vector<std::int64_t> dims = dims_of(**x);
  const auto rank = static_cast<std::int64_t>(dims.size());
  const bool takes_all_after = file_.opset < 13;  // the axes from `axis` on are one
  const std::int64_t given = integer(node, "axis", takes_all_after ? 1 : -1);
  const std::int64_t axis = given < 0 ? given + rank : given;
  bool channels = false, others = false, left = false;
  const std::int64_t channel_axis = (*x)->order == Order::maps || (*x)->order == Order::cell ? 1 : rank - 1;
  for (std::int64_t k = 1; k < rank; ++k) {
    if (dims[static_cast<std::size_t>(k)] == 1) continue;
    const bool covered = k == axis || (takes_all_after && k > axis);
    if (!covered) left = true;
    if (covered && k == channel_axis) channels = true;
    if (covered && k != channel_axis) others = true;
  }
  const bool over_channels = channels && !others, over_all = channels && others && !left;
  if (axis < 1 || axis >= rank || (!over_channels && !over_all) || (*x)->order == Order::pieces)
    return wrong("axis " + std::to_string(given) + " is not the axis of the classes or channels");
  const bool is_log = node.op == "LogSoftmax";
  if (over_all && is_log) return wrong("a LogSoftmax over a whole picture is not supported");
  if (over_all) {
    Json axes = Json::array();
    for (std::int64_t k = 1; k < rank; ++k) axes.push_back(k);
    return add_after(node, **x, "Softmax", Json::object({{"axis", std::move(axes)}}));
  }
  const char* word = is_log ? "log_softmax" : "softmax";
  Made& before = made(**x);
  if (is_only_reader(node, 0, **x) && before.config.find("use_bias") && !before.config.find("activation")) {
    give(node, **x);
    return change_config(before, "activation", word);
  }
  return add_after(node, **x, "Activation", Json::object({{"activation", word}}));
}

}  // namespace cnn
