#include <algorithm>

#include "core/formats/onnx.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

constexpr std::int64_t kAnySize = -1;
constexpr std::int64_t kChannelAxis = 1;  // of maps [N, C, H, W] and of rows [N, units] alike

std::vector<std::int64_t> dims_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

}  // namespace

std::string OnnxGraph::constant(std::size_t parameter) {
  const std::span<const float> numbers = values(parameter);
  return constant(parameter, dims_of(shape(parameter)), {numbers.begin(), numbers.end()});
}

std::string OnnxGraph::constant(std::size_t parameter, std::vector<std::int64_t> dims,
                                std::vector<float> numbers) {
  file_.constants.push_back(
      {parameters_[parameter].name, std::move(dims), OnnxType::float32, std::move(numbers), {}});
  return file_.constants.back().name;
}

std::string OnnxGraph::constant(std::string_view name, std::vector<std::int64_t> dims,
                                std::vector<float> numbers) {
  file_.constants.push_back(
      {layer_ + "/" + std::string(name), std::move(dims), OnnxType::float32, std::move(numbers), {}});
  return file_.constants.back().name;
}

std::string OnnxGraph::constant(std::string_view name, std::vector<std::int64_t> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  file_.constants.push_back(
      {layer_ + "/" + std::string(name), {size}, OnnxType::int64, {}, std::move(values)});
  return file_.constants.back().name;
}

std::string OnnxGraph::add(std::string_view op, std::vector<std::string> inputs,
                           std::vector<OnnxAttribute> attributes) {
  std::string name = layer_ + "/" + std::string(op);
  for (int i = 1; std::find(taken_.begin(), taken_.end(), name) != taken_.end(); ++i) {
    name = layer_ + "/" + std::string(op) + "_" + std::to_string(i);
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
      return add("Softmax", {x}, {OnnxAttribute::of("axis", kChannelAxis)});
  }
  return x;
}

std::vector<OnnxAttribute> OnnxGraph::window(const Sliding& sliding) const {
  const auto ends = [&](int size, int window, int stride) {
    const Window place = slide(size, window, stride, sliding.padding);
    const int total = std::max(0, (place.count - 1) * stride + window - size);
    const std::int64_t before = sliding.padding == Padding::same ? place.pad_before : 0;
    return std::pair<std::int64_t, std::int64_t>(before,
                                                 sliding.padding == Padding::same ? total - before : 0);
  };
  const auto [top, bottom] = ends(x_shape_[0], sliding.window.height, sliding.stride.height);
  const auto [left, right] = ends(x_shape_[1], sliding.window.width, sliding.stride.width);
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

void OnnxGraph::enter(const Model& model, int layer) {
  layer_ = model.layer(layer).name;
  y_.clear();
  xs_.clear();
  for (const int input : model.layer_inputs(layer)) xs_.push_back(outputs_[static_cast<std::size_t>(input)]);
  x_shape_ = model.layer_shape(model.layer_inputs(layer)[0]);
  y_shape_ = model.layer_shape(layer);
  const std::span<const Parameter> all = model.parameters();
  const auto is_mine = [&](const Parameter& parameter) { return parameter.layer == layer; };
  const auto first = std::find_if(all.begin(), all.end(), is_mine);
  parameters_ = {first, std::find_if_not(first, all.end(), is_mine)};
}

Result<std::vector<std::uint8_t>> export_onnx(const Model& model, std::span<const std::string> class_names) {
  const Shape &in = model.input_shape(), &out = model.output_shape();
  if (in.rank() != 3 || out.rank() != 1) {
    return Error{"bad_config", "ONNX: pictures go in and classes come out, but this model makes " +
                                   to_string(out) + " of " + to_string(in) + "."};
  }
  OnnxGraph graph;
  OnnxFile& file = graph.file_;
  file.graph_name = model.name();
  file.doc =
      "Input \"pixels\": uint8 [N, height, width, channels], RGB, 0 to 255, as they are. Output "
      "\"probabilities\".";
  file.inputs = {{"pixels", OnnxType::uint8, {kAnySize, in[0], in[1], in[2]}}};
  file.outputs = {{"probabilities", OnnxType::float32, {kAnySize, out[0]}}};
  if (!class_names.empty()) {
    Json names = Json::array();
    for (const std::string& name : class_names) names.push_back(name);
    file.metadata = {{"class_names", names.dump()}};
  }

  ActivationSpec last;
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    const Layer& written = model.layer(layer);
    if (model.layer_inputs(layer).empty()) {
      graph.layer_ = written.name;
      const std::string bytes = graph.add(
          "Cast", {"pixels"}, {OnnxAttribute::of("to", static_cast<std::int64_t>(OnnxType::float32))});
      const std::string scale = graph.constant("scale", {}, {1.0f / 255.0f});
      graph.outputs_.push_back(graph.channels_first(graph.add("Mul", {bytes, scale})));
      continue;
    }
    graph.enter(model, layer);
    if (Result<void> done = written.onnx(graph); !done) {
      return Error{done.error().code, "ONNX: " + written.name + ": " + done.error().message, layer};
    }
    last = written.activation();
    graph.outputs_.push_back(graph.activation(last, graph.y_));
  }
  graph.layer_ = "output";
  std::string y = graph.outputs_.back();
  if (last.kind != Activation::softmax && last.kind != Activation::sigmoid)
    y = graph.activation({Activation::softmax}, y);
  graph.file_.nodes.push_back({"Identity", "probabilities", "", {y}, {"probabilities"}, {}});
  return write_onnx_file(file);
}

}  // namespace cnn
