// Constants: their numbers in one of several fields, or in a file beside the model.
#include <charconv>
#include <cstring>

#include "core/base/half.h"
#include "core/base/names.h"
#include "core/base/tensor_view.h"
#include "core/onnx/onnx_message.h"

namespace cnn {
namespace {

using Wire = ProtoField::Wire;

constexpr std::size_t kMaxRank = 8;

/// An integer of that type from its lowest bits.
std::int64_t signed_of(OnnxType type, std::uint64_t bits) {
  if (type == OnnxType::int32) return static_cast<std::int32_t>(bits & 0xffffffff);
  if (type == OnnxType::int8) return static_cast<std::int8_t>(bits & 0xff);
  if (type == OnnxType::uint8) return static_cast<std::int64_t>(bits & 0xff);
  if (type == OnnxType::boolean) return bits != 0 ? 1 : 0;
  return static_cast<std::int64_t>(bits);
}

void read_raw(std::span<const std::uint8_t> raw, OnnxTensor& tensor) {
  const std::size_t width = width_of(tensor.type), n = raw.size() / width;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < width; ++k) bits |= std::uint64_t{raw[i * width + k]} << (8 * k);
    if (!is_float(tensor.type)) {
      tensor.integers.push_back(signed_of(tensor.type, bits));
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

/// Where TensorProto.external_data says that the numbers are.
struct Elsewhere {
  bool is = false;
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
  bool broken = false;

  void take(std::span<const std::uint8_t> entry) {
    const std::string_view key = ProtoField{1, Wire::bytes, 0, inside(entry, 1)}.text(),
                           text = ProtoField{2, Wire::bytes, 0, inside(entry, 2)}.text();
    if (key == "location") location = text;
    if (key != "offset" && key != "length") return;
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    broken = broken || read.ec != std::errc() || read.ptr != text.data() + text.size();
    if (key == "offset") offset = value;
    if (key == "length") length = value;
  }

  /// The bytes, or an error if they are unavailable.
  Result<std::span<const std::uint8_t>> find(std::span<const OnnxSideFile> others,
                                             std::uint64_t bytes) const {
    const std::string_view name = file_name(location);
    for (const OnnxSideFile& other : others) {
      if (file_name(other.name) != name) continue;
      const std::uint64_t size = other.bytes.size();
      if (broken || offset > size || bytes > size - offset || (length && *length != bytes))
        return Error{"bad_model_file", "its " + std::to_string(bytes) + " bytes are not in \"" +
                                           std::string(name) + "\", which has " + std::to_string(size) +
                                           " bytes; the two files do not belong together, or one is cut off"};
      return other.bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(bytes));
    }
    return Error{"bad_model_file", "its numbers are in another file, \"" + std::string(name) +
                                       "\"; choose that file together with the model"};
  }
};

/// A tensor's fields as they are in the message.
struct TensorFields {
  std::int64_t type = 0;
  Elsewhere elsewhere;
  std::optional<std::span<const std::uint8_t>> raw;
  std::vector<std::uint64_t> floats, doubles, small;
  std::vector<std::int64_t> longs;

  Result<void> take(const ProtoField& field, OnnxTensor& tensor) {
    switch (field.number) {
      case 1:
        return append_integers(field, tensor.dims);
      case 2:
        type = field.integer();
        break;
      case 4:
        if (!append_repeated(field, Wire::fixed32, floats)) return cut_onnx_file();
        break;
      case 5:
        if (!append_repeated(field, Wire::varint, small)) return cut_onnx_file();
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
        if (!append_repeated(field, Wire::fixed64, doubles)) return cut_onnx_file();
        break;
      case 13:
        elsewhere.take(field.bytes);
        break;
      case 14:
        elsewhere.is = field.value == 1;
        break;
      default:
        break;
    }
    return {};
  }

  /// The numbers of files that do not use raw_data.
  void give(OnnxTensor& tensor) {
    if (tensor.type == OnnxType::float32) {
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
    } else if (tensor.type == OnnxType::int64) {
      tensor.integers = std::move(longs);
    } else {
      for (const std::uint64_t bits : small) tensor.integers.push_back(signed_of(tensor.type, bits));
    }
  }
};

}  // namespace

Result<void> append_integers(const ProtoField& field, std::vector<std::int64_t>& integers) {
  std::vector<std::uint64_t> numbers;
  if (!append_repeated(field, Wire::varint, numbers)) return cut_onnx_file();
  for (const std::uint64_t number : numbers) integers.push_back(static_cast<std::int64_t>(number));
  return {};
}

OnnxType known_type(std::int64_t type) {
  for (const OnnxType known : {OnnxType::float32, OnnxType::uint8, OnnxType::int8, OnnxType::int32,
                               OnnxType::int64, OnnxType::boolean, OnnxType::float16, OnnxType::float64}) {
    if (type == static_cast<std::int64_t>(known)) return known;
  }
  return OnnxType::none;
}

Result<OnnxTensor> read_tensor(std::span<const std::uint8_t> message, std::span<const OnnxSideFile> others) {
  OnnxTensor tensor;
  TensorFields fields;
  Result<void> read =
      each_field(message, [&](const ProtoField& field) { return fields.take(field, tensor); });
  if (!read) return read.error();
  const auto wrong = [&](const std::string& what) {
    return bad_onnx_file("\"" + tensor.name + "\": " + what + ".");
  };
  const auto without_numbers = [&](std::string why) {
    tensor.type = OnnxType::none;
    tensor.problem = std::move(why);
    return std::move(tensor);
  };
  tensor.type = known_type(fields.type);
  if (tensor.dims.size() > kMaxRank)
    return without_numbers("it has " + std::to_string(tensor.dims.size()) + " dimensions; at most " +
                           std::to_string(kMaxRank) + " are supported");
  if (tensor.type == OnnxType::none) {
    return without_numbers("its data type is " + std::to_string(fields.type) +
                           "; supported are float, float16, double, int64, int32, int8, uint8 and bool");
  }
  if (fields.elsewhere.is) {
    tensor.location = fields.elsewhere.location;
    constexpr std::uint64_t most = std::uint64_t{1} << 40;
    std::uint64_t count = 0;
    if (!checked_count(tensor.dims, most, count))
      return wrong("shape " + to_string(tensor.dims) + " does not match its data");
    const auto bytes = fields.elsewhere.find(others, count * width_of(tensor.type));
    if (!bytes) return without_numbers(bytes.error().message);
    read_raw(*bytes, tensor);
    if (is_float(tensor.type)) tensor.type = OnnxType::float32;
    return tensor;
  }
  std::uint64_t count = 0;
  if (!checked_count(tensor.dims, message.size(), count)) {
    return wrong("shape " + to_string(tensor.dims) + " does not match its data");
  }
  if (fields.raw) {
    if (fields.raw->size() != count * width_of(tensor.type)) {
      return wrong("shape " + to_string(tensor.dims) + " does not match its " +
                   std::to_string(fields.raw->size()) + " bytes of data");
    }
    read_raw(*fields.raw, tensor);
  } else {
    fields.give(tensor);
  }
  if (tensor.floats.size() + tensor.integers.size() != count) {
    return wrong("shape " + to_string(tensor.dims) + " does not match its " +
                 std::to_string(tensor.floats.size() + tensor.integers.size()) + " numbers");
  }
  if (is_float(tensor.type)) tensor.type = OnnxType::float32;
  return tensor;
}

}  // namespace cnn
