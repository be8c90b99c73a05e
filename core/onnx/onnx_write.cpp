#include <algorithm>
#include <cstring>

#include "core/onnx/onnx_file.h"
#include "core/onnx/protobuf.h"

namespace cnn {
namespace {

void write_tensor(const OnnxTensor& tensor, ProtoWriter& out) {
  for (const std::int64_t size : tensor.dims) out.integer(1, size);
  out.integer(2, static_cast<std::int64_t>(tensor.type));
  out.text(8, tensor.name);
  std::vector<std::uint8_t> raw;
  if (tensor.type == OnnxType::float32) {
    raw.resize(tensor.floats.size() * sizeof(float));
    if (!raw.empty()) std::memcpy(raw.data(), tensor.floats.data(), raw.size());
  } else {
    const std::size_t width = width_of(tensor.type);
    for (const std::int64_t value : tensor.integers) {
      for (std::size_t k = 0; k < width; ++k)
        raw.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * k)));
    }
  }
  out.bytes(9, raw);
}

ProtoWriter attribute_message(const OnnxAttribute& attribute) {
  using Kind = OnnxAttribute::Kind;
  ProtoWriter out;
  out.text(1, attribute.name);
  switch (attribute.kind) {
    case Kind::number:
      out.float32(2, attribute.number);
      break;
    case Kind::integer:
      out.integer(3, attribute.integer);
      break;
    case Kind::text:
      out.text(4, attribute.text);
      break;
    case Kind::tensor: {
      ProtoWriter tensor;
      write_tensor(attribute.tensor, tensor);
      out.message(5, tensor);
      break;
    }
    case Kind::integers:
      for (const std::int64_t value : attribute.integers) out.integer(8, value);
      break;
    case Kind::numbers:
      for (const float value : attribute.numbers) out.float32(7, value);
      break;
    case Kind::other:
      break;
  }
  out.integer(20, static_cast<std::int64_t>(attribute.kind));
  return out;
}

ProtoWriter node_message(const OnnxNode& node) {
  ProtoWriter out;
  for (const std::string& input : node.inputs) out.text(1, input);
  for (const std::string& output : node.outputs) out.text(2, output);
  out.text(3, node.name);
  out.text(4, node.op);
  for (const OnnxAttribute& attribute : node.attributes) out.message(5, attribute_message(attribute));
  if (!node.domain.empty()) out.text(7, node.domain);
  return out;
}

ProtoWriter value_message(const OnnxValue& value) {
  ProtoWriter shape, tensor, type, out;
  for (std::size_t axis = 0; axis < value.dims.size(); ++axis) {
    ProtoWriter dim;
    if (value.dims[axis] >= 0) {
      dim.integer(1, value.dims[axis]);
    } else {
      dim.text(2, axis == 0 ? "N" : "d" + std::to_string(axis));
    }
    shape.message(1, dim);
  }
  tensor.integer(1, static_cast<std::int64_t>(value.type));
  tensor.message(2, shape);
  type.message(1, tensor);
  out.text(1, value.name);
  out.message(2, type);
  return out;
}

}  // namespace

std::size_t width_of(OnnxType type) {
  switch (type) {
    case OnnxType::float32:
    case OnnxType::int32:
      return 4;
    case OnnxType::float16:
      return 2;
    case OnnxType::int64:
    case OnnxType::float64:
      return 8;
    case OnnxType::uint8:
    case OnnxType::int8:
    case OnnxType::boolean:
      return 1;
    case OnnxType::none:
      break;
  }
  return 0;
}

OnnxAttribute OnnxAttribute::of(std::string name, float value) {
  OnnxAttribute attribute;
  attribute.name = std::move(name), attribute.kind = Kind::number, attribute.number = value;
  return attribute;
}
OnnxAttribute OnnxAttribute::of(std::string name, std::int64_t value) {
  OnnxAttribute attribute;
  attribute.name = std::move(name), attribute.kind = Kind::integer, attribute.integer = value;
  return attribute;
}
OnnxAttribute OnnxAttribute::of(std::string name, std::string value) {
  OnnxAttribute attribute;
  attribute.name = std::move(name), attribute.kind = Kind::text, attribute.text = std::move(value);
  return attribute;
}
OnnxAttribute OnnxAttribute::of(std::string name, std::vector<std::int64_t> value) {
  OnnxAttribute attribute;
  attribute.name = std::move(name), attribute.kind = Kind::integers, attribute.integers = std::move(value);
  return attribute;
}

const OnnxAttribute* OnnxNode::find(std::string_view attribute) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const OnnxAttribute& one) { return one.name == attribute; });
  return found == attributes.end() ? nullptr : &*found;
}

std::vector<std::uint8_t> write_onnx_file(const OnnxFile& file) {
  ProtoWriter graph, opset, out;
  for (const OnnxNode& node : file.nodes) graph.message(1, node_message(node));
  graph.text(2, file.graph_name);
  for (const OnnxTensor& constant : file.constants) {
    ProtoWriter tensor;
    write_tensor(constant, tensor);
    graph.message(5, tensor);
  }
  graph.text(10, file.doc);
  for (const OnnxValue& value : file.inputs) graph.message(11, value_message(value));
  for (const OnnxValue& value : file.outputs) graph.message(12, value_message(value));
  opset.text(1, "");
  opset.integer(2, file.opset);
  out.integer(1, file.ir_version);
  out.text(2, "cnn-playground");
  out.message(7, graph);
  out.message(8, opset);
  for (const auto& [key, value] : file.metadata) {
    ProtoWriter entry;
    entry.text(1, key);
    entry.text(2, value);
    out.message(14, entry);
  }
  return out.take();
}

}  // namespace cnn
