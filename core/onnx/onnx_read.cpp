#include <algorithm>

#include "core/base/names.h"
#include "core/onnx/onnx_message.h"

namespace cnn {
namespace {

using Wire = ProtoField::Wire;

Result<OnnxAttribute> read_attribute(std::span<const std::uint8_t> message,
                                     std::span<const OnnxSideFile> others) {
  OnnxAttribute attribute;
  std::int64_t kind = 0;
  std::vector<std::uint64_t> numbers;
  bool has_number = false, has_integer = false, has_text = false, has_tensor = false;
  Result<void> read = each_field(message, [&](const ProtoField& field) -> Result<void> {
    switch (field.number) {
      case 1:
        attribute.name = field.text();
        break;
      case 2:
        attribute.number = field.float32();
        has_number = true;
        break;
      case 3:
        attribute.integer = field.integer();
        has_integer = true;
        break;
      case 4:
        attribute.text = field.text();
        has_text = true;
        break;
      case 5: {
        Result<OnnxTensor> tensor = read_tensor(field.bytes, others);
        if (!tensor) return tensor.error();
        attribute.tensor = std::move(*tensor);
        has_tensor = true;
        break;
      }
      case 7:
        if (!append_repeated(field, Wire::fixed32, numbers)) return cut_onnx_file();
        break;
      case 8:
        return append_integers(field, attribute.integers);
      case 20:
        kind = field.integer();
        break;
      default:
        break;
    }
    return {};
  });
  if (!read) return read.error();
  using Kind = OnnxAttribute::Kind;
  // Proto3 omits a value that is 0; files before IR version 2 omit the kind.
  if (kind == 0)
    kind = has_number                   ? 1
           : has_integer                ? 2
           : has_text                   ? 3
           : has_tensor                 ? 4
           : !numbers.empty()           ? 6
           : attribute.integers.empty() ? 0
                                        : 7;
  for (const Kind known :
       {Kind::number, Kind::integer, Kind::text, Kind::tensor, Kind::numbers, Kind::integers}) {
    if (kind == static_cast<std::int64_t>(known)) attribute.kind = known;
  }
  if (attribute.kind == Kind::tensor && !has_tensor) {
    return bad_onnx_file("attribute \"" + attribute.name + "\" should hold a tensor, but it is missing.");
  }
  // Keep only the value that the kind names.
  if (attribute.kind != Kind::number) attribute.number = 0;
  if (attribute.kind != Kind::integer) attribute.integer = 0;
  if (attribute.kind != Kind::text) attribute.text.clear();
  if (attribute.kind != Kind::tensor) attribute.tensor = {};
  if (attribute.kind != Kind::integers) attribute.integers.clear();
  if (attribute.kind == Kind::numbers) {
    for (const std::uint64_t bits : numbers)
      attribute.numbers.push_back(ProtoField{0, Wire::fixed32, bits}.float32());
  }
  return attribute;
}

Result<OnnxNode> read_node(std::span<const std::uint8_t> message, std::span<const OnnxSideFile> others) {
  OnnxNode node;
  Result<void> read = each_field(message, [&](const ProtoField& field) -> Result<void> {
    switch (field.number) {
      case 1:
        node.inputs.emplace_back(field.text());
        break;
      case 2:
        node.outputs.emplace_back(field.text());
        break;
      case 3:
        node.name = field.text();
        break;
      case 4:
        node.op = field.text();
        break;
      case 5: {
        Result<OnnxAttribute> attribute = read_attribute(field.bytes, others);
        if (!attribute) return attribute.error();
        node.attributes.push_back(std::move(*attribute));
        break;
      }
      case 7:
        node.domain = field.text();
        break;
      default:
        break;
    }
    return {};
  });
  if (!read) return read.error();
  return node;
}

Result<OnnxValue> read_value(std::span<const std::uint8_t> message) {
  OnnxValue value;
  std::int64_t type = 0;
  value.name = ProtoField{1, Wire::bytes, 0, inside(message, 1)}.text();
  const auto tensor = inside(inside(message, 2), 1);  // type, tensor_type
  Result<void> read = each_field(tensor, [&](const ProtoField& field) -> Result<void> {
    if (field.number == 1) type = field.integer();
    if (field.number != 2) return {};
    return each_field(field.bytes, [&](const ProtoField& dim) -> Result<void> {
      if (dim.number != 1) return {};
      std::int64_t size = -1;
      Result<void> sized = each_field(dim.bytes, [&](const ProtoField& part) -> Result<void> {
        if (part.number == 1) size = part.integer();
        return {};
      });
      value.dims.push_back(size);
      return sized;
    });
  });
  if (!read) return read.error();
  value.type = known_type(type);
  return value;
}

template <class T>
Result<void> append(Result<T> item, std::vector<T>& list) {
  if (!item) return item.error();
  list.push_back(std::move(*item));
  return {};
}

Result<void> read_graph(std::span<const std::uint8_t> message, std::span<const OnnxSideFile> others,
                        OnnxFile& file) {
  return each_field(message, [&](const ProtoField& field) -> Result<void> {
    switch (field.number) {
      case 1:
        return append(read_node(field.bytes, others), file.nodes);
      case 2:
        file.graph_name = field.text();
        break;
      case 5:
        return append(read_tensor(field.bytes, others), file.constants);
      case 10:
        file.doc = field.text();
        break;
      case 11:
        return append(read_value(field.bytes), file.inputs);
      case 12:
        return append(read_value(field.bytes), file.outputs);
      default:
        break;
    }
    return {};
  });
}

}  // namespace

std::vector<std::string> side_files_of(const OnnxFile& file) {
  std::vector<std::string> names;
  const auto take = [&](const OnnxTensor& tensor) {
    const std::string name(file_name(tensor.location));
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const OnnxTensor& tensor : file.constants) take(tensor);
  for (const OnnxNode& node : file.nodes) {
    for (const OnnxAttribute& attribute : node.attributes) take(attribute.tensor);
  }
  return names;
}

Result<OnnxFile> read_onnx_file(std::span<const std::uint8_t> bytes, std::span<const OnnxSideFile> others) {
  OnnxFile file;
  file.ir_version = file.opset = 0;
  bool has_graph = false;
  Result<void> read = each_field(bytes, [&](const ProtoField& field) -> Result<void> {
    switch (field.number) {
      case 1:
        file.ir_version = field.integer();
        break;
      case 7:
        has_graph = true;
        return read_graph(field.bytes, others, file);
      case 8: {
        std::string_view domain = ProtoField{1, Wire::bytes, 0, inside(field.bytes, 1)}.text();
        return each_field(field.bytes, [&](const ProtoField& part) -> Result<void> {
          if (part.number == 2 && (domain.empty() || domain == "ai.onnx")) file.opset = part.integer();
          return {};
        });
      }
      case 14:
        file.metadata.emplace_back(ProtoField{1, Wire::bytes, 0, inside(field.bytes, 1)}.text(),
                                   ProtoField{2, Wire::bytes, 0, inside(field.bytes, 2)}.text());
        break;
      default:
        break;
    }
    return {};
  });
  if (!read) return read.error();
  if (!has_graph) return bad_onnx_file("it contains no graph; this may not be an ONNX model.");
  return file;
}

}  // namespace cnn
