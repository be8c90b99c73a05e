#include <algorithm>

#include "core/formats/onnx.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

constexpr std::int64_t kAnySize = -1;

/// What the graph needs to know of a layer; `values` are the names of all layers' outputs so far.
OnnxLayer described(const Model& model, int index, const std::vector<std::string>& values) {
  OnnxLayer layer;
  layer.name = model.layer(index).name;
  for (const int input : model.layer_inputs(index)) {
    layer.xs.push_back(values[static_cast<std::size_t>(input)]);
    layer.x_shapes.push_back(model.layer_shape(input));
  }
  layer.x_shape = model.layer_shape(model.layer_inputs(index)[0]);
  layer.y_shape = model.layer_shape(index);
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.layer != index) continue;
    layer.parameters.push_back({parameter.name, parameter.shape, parameter.value});
  }
  return layer;
}

}  // namespace

Result<std::vector<std::uint8_t>> export_onnx(const Model& model, std::span<const std::string> class_names) {
  const Shape &in = model.input_shape(), &out = model.output_shape();
  if (in.rank() != 3 || out.rank() != 1) {
    return Error{"bad_config", "ONNX: the model must turn pictures into classes, but it makes " +
                                   to_string(out) + " from " + to_string(in) + "."};
  }
  OnnxGraph graph;
  OnnxFile& file = graph.file();
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

  std::vector<std::string> values;  // the output of each layer
  ActivationSpec last;
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    const Layer& written = model.layer(layer);
    if (model.layer_inputs(layer).empty()) {
      graph.begin({.name = written.name});
      const std::string bytes = graph.add(
          "Cast", {"pixels"}, {OnnxAttribute::of("to", static_cast<std::int64_t>(OnnxType::float32))});
      std::string pixels = bytes;
      if (model.input_range() == InputRange::unit)
        pixels = graph.add("Mul", {bytes, graph.constant("scale", {}, {1.0f / 255.0f})});
      values.push_back(graph.channels_first(pixels));
      continue;
    }
    graph.begin(described(model, layer, values));
    if (Result<void> done = written.onnx(graph); !done) {
      return Error{done.error().code, "ONNX: " + written.name + ": " + done.error().message, layer};
    }
    last = written.activation();
    values.push_back(graph.activation(last, graph.y()));
  }
  graph.begin({.name = "output"});
  std::string y = values.back();
  if (last.kind != Activation::softmax && last.kind != Activation::sigmoid)
    y = graph.activation({Activation::softmax}, y);
  file.nodes.push_back({"Identity", "probabilities", "", {y}, {"probabilities"}, {}});
  return write_onnx_file(file);
}

}  // namespace cnn
