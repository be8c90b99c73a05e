#include <algorithm>
#include <cstring>

#include "core/base/half.h"
#include "core/base/tensor_view.h"
#include "core/onnx/onnx_file.h"
#include "core/onnx/protobuf.h"

namespace cnn {
namespace {

using Wire = ProtoField::Wire;

constexpr std::size_t kMaxRank = 8;

Error bad_file(const std::string& message) { return {"bad_model_file", "ONNX: " + message}; }
Error broken() { return bad_file("the file is cut off, or it is not an ONNX model."); }

/// Calls take(field) for each field, until take returns an error. A malformed message is an error, too.
template <class Take>
Result<void> each_field(std::span<const std::uint8_t> message, Take take) {
  ProtoReader reader(message);
  while (const std::optional<ProtoField> field = reader.next()) {
    if (Result<void> taken = take(*field); !taken) return taken;
  }
  if (reader.broken()) return broken();
  return {};
}

Result<void> append_integers(const ProtoField& field, std::vector<std::int64_t>& integers) {
  std::vector<std::uint64_t> numbers;
  if (!append_repeated(field, Wire::varint, numbers)) return broken();
  for (const std::uint64_t number : numbers) integers.push_back(static_cast<std::int64_t>(number));
  return {};
}

void read_raw(std::span<const std::uint8_t> raw, OnnxTensor& tensor) {
  const std::size_t width = width_of(tensor.type), n = raw.size() / width;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < width; ++k) bits |= std::uint64_t{raw[i * width + k]} << (8 * k);
    if (tensor.type == OnnxType::int64 || tensor.type == OnnxType::uint8) {
      tensor.integers.push_back(static_cast<std::int64_t>(bits));
    } else if (tensor.type == OnnxType::float16) {
      tensor.floats.push_back(from_half(static_cast<std::uint16_t>(bits)));
    } else if (tensor.type == OnnxType::float32) {
      const auto narrow = static_cast<std::uint32_t>(bits);
      float value;
      std::memcpy(&value, &narrow, sizeof value);
      tensor.floats.push_back(value);
    } else {
      double value;
      std::memcpy(&value, &bits, sizeof value);
      tensor.floats.push_back(static_cast<float>(value));
    }
  }
}

Result<OnnxTensor> read_tensor(std::span<const std::uint8_t> message) {
  OnnxTensor tensor;
  std::int64_t type = 0;
  bool is_elsewhere = false;
  std::optional<std::span<const std::uint8_t>> raw;
  std::vector<std::uint64_t> floats, doubles, small;
  std::vector<std::int64_t> longs;
  Result<void> read = each_field(message, [&](const ProtoField& field) -> Result<void> {
    switch (field.number) {
      case 1:
        return append_integers(field, tensor.dims);
      case 2:
        type = field.integer();
        break;
      case 4:
        if (!append_repeated(field, Wire::fixed32, floats)) return broken();
        break;
      case 5:
        if (!append_repeated(field, Wire::varint, small)) return broken();
        break;
      case 7:
        return append_integers(field, longs);
      case 8:
        tensor.name = field.text();
        break;
      case 9:
        raw = field.bytes;
        break;
      case 10:
        if (!append_repeated(field, Wire::fixed64, doubles)) return broken();
        break;
      case 14:
        is_elsewhere = field.value == 1;
        break;
      default:
        break;
    }
    return {};
  });
  if (!read) return read.error();
  const auto wrong = [&](const std::string& what) {
    return bad_file("\"" + tensor.name + "\": " + what + ".");
  };
  if (is_elsewhere) return wrong("its numbers are in another file; save the model as a single file");
  for (const OnnxType known :
       {OnnxType::float32, OnnxType::uint8, OnnxType::int64, OnnxType::float16, OnnxType::float64}) {
    if (type == static_cast<std::int64_t>(known)) tensor.type = known;
  }
  if (type != static_cast<std::int64_t>(tensor.type)) {
    return wrong("its data type is " + std::to_string(type) +
                 "; supported are float, float16, double, int64 and uint8");
  }
  if (tensor.dims.size() > kMaxRank)
    return wrong("it has " + std::to_string(tensor.dims.size()) + " dimensions; at most " +
                 std::to_string(kMaxRank) + " are supported");
  std::uint64_t count = 0;
  if (!checked_count(tensor.dims, message.size(), count)) {
    return wrong("shape " + to_string(tensor.dims) + " does not match its data");
  }
  if (raw) {
    if (raw->size() != count * width_of(tensor.type)) {
      return wrong("shape " + to_string(tensor.dims) + " does not match its " + std::to_string(raw->size()) +
                   " bytes of data");
    }
    read_raw(*raw, tensor);
  } else if (tensor.type == OnnxType::float32) {
    for (const std::uint64_t bits : floats)
      tensor.floats.push_back(ProtoField{0, Wire::fixed32, bits}.float32());
  } else if (tensor.type == OnnxType::float64) {
    for (const std::uint64_t bits : doubles) {
      double value;
      std::memcpy(&value, &bits, sizeof value);
      tensor.floats.push_back(static_cast<float>(value));
    }
  } else if (tensor.type == OnnxType::float16) {
    for (const std::uint64_t bits : small)
      tensor.floats.push_back(from_half(static_cast<std::uint16_t>(bits)));
  } else if (tensor.type == OnnxType::uint8) {
    for (const std::uint64_t bits : small) tensor.integers.push_back(static_cast<std::int64_t>(bits & 0xff));
  } else {
    tensor.integers = std::move(longs);
  }
  if (tensor.floats.size() + tensor.integers.size() != count) {
    return wrong("shape " + to_string(tensor.dims) + " does not match its " +
                 std::to_string(tensor.floats.size() + tensor.integers.size()) + " numbers");
  }
  if (tensor.type != OnnxType::int64 && tensor.type != OnnxType::uint8) tensor.type = OnnxType::float32;
  return tensor;
}

Result<OnnxAttribute> read_attribute(std::span<const std::uint8_t> message) {
  OnnxAttribute attribute;
  std::int64_t kind = 0;
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
        Result<OnnxTensor> tensor = read_tensor(field.bytes);
        if (!tensor) return tensor.error();
        attribute.tensor = std::move(*tensor);
        has_tensor = true;
        break;
      }
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
           : attribute.integers.empty() ? 0
                                        : 7;
  for (const Kind known : {Kind::number, Kind::integer, Kind::text, Kind::tensor, Kind::integers}) {
    if (kind == static_cast<std::int64_t>(known)) attribute.kind = known;
  }
  if (attribute.kind == Kind::tensor && !has_tensor) {
    return bad_file("attribute \"" + attribute.name + "\" should hold a tensor, but it is missing.");
  }
  // Keep only the value that the kind names.
  if (attribute.kind != Kind::number) attribute.number = 0;
  if (attribute.kind != Kind::integer) attribute.integer = 0;
  if (attribute.kind != Kind::text) attribute.text.clear();
  if (attribute.kind != Kind::tensor) attribute.tensor = {};
  if (attribute.kind != Kind::integers) attribute.integers.clear();
  return attribute;
}

Result<OnnxNode> read_node(std::span<const std::uint8_t> message) {
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
        Result<OnnxAttribute> attribute = read_attribute(field.bytes);
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

/// The bytes of the first field with that number; empty where there is none.
std::span<const std::uint8_t> inside(std::span<const std::uint8_t> message, std::uint32_t number) {
  ProtoReader reader(message);
  while (const std::optional<ProtoField> field = reader.next()) {
    if (field->number == number) return field->bytes;
  }
  return {};
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
  value.type = OnnxType::none;
  for (const OnnxType known :
       {OnnxType::float32, OnnxType::uint8, OnnxType::int64, OnnxType::float16, OnnxType::float64}) {
    if (type == static_cast<std::int64_t>(known)) value.type = known;
  }
  return value;
}

template <class T>
Result<void> append(Result<T> item, std::vector<T>& list) {
  if (!item) return item.error();
  list.push_back(std::move(*item));
  return {};
}

Result<void> read_graph(std::span<const std::uint8_t> message, OnnxFile& file) {
  return each_field(message, [&](const ProtoField& field) -> Result<void> {
    switch (field.number) {
      case 1:
        return append(read_node(field.bytes), file.nodes);
      case 2:
        file.graph_name = field.text();
        break;
      case 5:
        return append(read_tensor(field.bytes), file.constants);
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

Result<OnnxFile> read_onnx_file(std::span<const std::uint8_t> bytes) {
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
        return read_graph(field.bytes, file);
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
  if (!has_graph) return bad_file("it contains no graph; this may not be an ONNX model.");
  return file;
}

}  // namespace cnn
