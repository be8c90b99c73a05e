#include "core/formats/safetensors.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include "core/base/half.h"
#include "core/base/json.h"

namespace cnn {
namespace {

constexpr std::string_view kMetadata = "__metadata__";
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kAlignment = 8;  // spaces pad the header, so that the data can be memory-mapped
constexpr std::pair<std::string_view, NumberType> kTypes[] = {
    {"F32", NumberType::float32}, {"F16", NumberType::float16}, {"BF16", NumberType::bfloat16}};

constexpr std::pair<std::string_view, std::size_t> kWhole[] = {{"I64", 8}, {"I32", 4}, {"I16", 2},
                                                               {"I8", 1},  {"U64", 8}, {"U32", 4},
                                                               {"U16", 2}, {"U8", 1},  {"BOOL", 1}};

Error bad_file(const std::string& message) { return {"bad_model_file", "safetensors: " + message}; }

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

/// A whole number from 0 to 2^53, the range in which a double holds every one.
std::optional<std::int64_t> whole(const Json& json) {
  const double* number = json.number();
  if (!number || !(*number >= 0) || *number > 0x1p53) return {};
  const auto integer = static_cast<std::int64_t>(*number);
  if (static_cast<double>(integer) != *number) return {};
  return integer;
}

/// The size of a whole number of that type; 0 for other types.
std::size_t bytes_of_whole(const Json& entry) {
  const Json* dtype = entry.find("dtype");
  if (!dtype || !dtype->string()) return 0;
  for (const auto& [name, bytes] : kWhole) {
    if (name == *dtype->string()) return bytes;
  }
  return 0;
}

Result<TensorView> read_tensor(const std::string& name, const Json& entry,
                               std::span<const std::uint8_t> data) {
  const auto wrong = [&](const std::string& what) { return bad_file(quoted(name) + ": " + what + "."); };
  TensorView tensor;
  tensor.name = name;
  const Json* dtype = entry.find("dtype");
  if (!dtype || !dtype->string()) return wrong("its dtype is missing");
  const auto type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const auto& known) { return known.first == *dtype->string(); });
  const std::size_t whole_bytes = bytes_of_whole(entry);
  if (type == std::end(kTypes) && whole_bytes == 0)
    return wrong("dtype is " + quoted(*dtype->string()) + "; supported are F32, F16 and BF16");
  if (type != std::end(kTypes)) tensor.type = type->second;
  const Json* shape = entry.find("shape");
  if (!shape || !shape->elements()) return wrong("its shape is missing");
  for (const Json& size : *shape->elements()) {
    const std::optional<std::int64_t> value = whole(size);
    if (!value) return wrong("its shape holds " + size.dump() + ", which is not a valid size");
    tensor.shape.push_back(*value);
  }
  const Json* offsets = entry.find("data_offsets");
  if (!offsets || !offsets->elements() || offsets->elements()->size() != 2) {
    return wrong("data_offsets must be two numbers, begin and end");
  }
  const std::optional<std::int64_t> begin = whole((*offsets->elements())[0]),
                                    end = whole((*offsets->elements())[1]);
  if (!begin || !end || *begin > *end) return wrong("data_offsets are not a valid range: " + offsets->dump());
  if (static_cast<std::uint64_t>(*end) > data.size()) {
    return wrong("its data ends at byte " + std::to_string(*end) + ", but the file's data has " +
                 std::to_string(data.size()) + "; it may be cut off");
  }
  const auto size = static_cast<std::uint64_t>(*end - *begin);
  std::uint64_t count = 0;
  if (!checked_count(tensor.shape, data.size(), count) ||
      count * (whole_bytes > 0 ? whole_bytes : bytes_of(tensor.type)) != size) {
    return wrong("shape " + to_string(tensor.shape) + " does not match its " + std::to_string(size) +
                 " bytes of data");
  }
  tensor.bytes = data.subspan(static_cast<std::size_t>(*begin), static_cast<std::size_t>(size));
  return tensor;
}

Result<void> read_metadata(const Json& json, Safetensors& file) {
  if (!json.members())
    return bad_file("__metadata__ is " + std::string(json.kind()) + "; expected an object of texts.");
  for (const auto& [key, value] : *json.members()) {
    if (!value.string())
      return bad_file("__metadata__: " + quoted(key) + " is " + std::string(value.kind()) +
                      "; expected text.");
    file.metadata.emplace_back(key, *value.string());
  }
  return {};
}

void append_numbers(const TensorView& tensor, NumberType type, std::vector<std::uint8_t>& out) {
  if (type == tensor.type) {
    out.insert(out.end(), tensor.bytes.begin(), tensor.bytes.end());
    return;
  }
  for (std::size_t i = 0; i < tensor.count(); ++i) {
    float value;
    std::memcpy(&value, tensor.bytes.data() + i * sizeof value, sizeof value);
    const std::uint16_t half = to_half(value);
    out.push_back(static_cast<std::uint8_t>(half));
    out.push_back(static_cast<std::uint8_t>(half >> 8));
  }
}

}  // namespace

const TensorView* Safetensors::find(std::string_view name) const {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(), [&](const TensorView& one) { return one.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

const std::string* Safetensors::text(std::string_view key) const {
  const auto found =
      std::find_if(metadata.begin(), metadata.end(), [&](const auto& one) { return one.first == key; });
  return found == metadata.end() ? nullptr : &found->second;
}

Result<Safetensors> read_safetensors(std::span<const std::uint8_t> file, const SafetensorsLimits& limits) {
  if (file.size() < kLengthBytes)
    return bad_file("the file has " + std::to_string(file.size()) + " bytes; it is cut off.");
  std::uint64_t header_bytes = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) header_bytes |= std::uint64_t{file[i]} << (8 * i);
  if (header_bytes > limits.max_header_bytes) {
    return bad_file("its header claims " + std::to_string(header_bytes) + " bytes; at most " +
                    std::to_string(limits.max_header_bytes) +
                    " are supported. This may not be a safetensors file.");
  }
  if (header_bytes > file.size() - kLengthBytes) {
    return bad_file("its header claims " + std::to_string(header_bytes) +
                    " bytes, but the file is shorter; it is cut off.");
  }
  const auto header_size = static_cast<std::size_t>(header_bytes);
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + kLengthBytes, header_size);
  const Result<Json> header = parse_json(text, {.max_depth = 4, .max_bytes = limits.max_header_bytes});
  if (!header) return bad_file("its header cannot be read: " + header.error().message);
  if (!header->members())
    return bad_file("its header is " + std::string(header->kind()) + "; expected an object.");
  if (header->members()->size() > limits.max_tensors)
    return bad_file("it holds more than " + std::to_string(limits.max_tensors) + " arrays.");

  const std::span<const std::uint8_t> data = file.subspan(kLengthBytes + header_size);
  Safetensors result;
  std::set<std::string> counters;
  for (const auto& [name, entry] : *header->members()) {
    if (name == kMetadata) {
      if (Result<void> read = read_metadata(entry, result); !read) return read.error();
      continue;
    }
    Result<TensorView> tensor = read_tensor(name, entry, data);
    if (!tensor) return tensor.error();
    if (bytes_of_whole(entry) > 0) counters.insert(name);
    result.tensors.push_back(std::move(*tensor));
  }
  std::stable_sort(
      result.tensors.begin(), result.tensors.end(), [](const TensorView& a, const TensorView& b) {
        return std::pair(a.bytes.data(), a.bytes.size()) < std::pair(b.bytes.data(), b.bytes.size());
      });
  const std::uint8_t* next = data.data();
  for (const TensorView& tensor : result.tensors) {
    if (tensor.bytes.data() != next)
      return bad_file(quoted(tensor.name) + ": its data overlaps another array's or leaves a gap before it.");
    next += tensor.bytes.size();
  }
  if (next != data.data() + data.size())
    return bad_file("after its arrays there are bytes that belong to no array.");
  std::erase_if(result.tensors, [&](const TensorView& tensor) { return counters.count(tensor.name) > 0; });
  result.counters.assign(counters.begin(), counters.end());
  return result;
}

std::vector<std::uint8_t> write_safetensors(const Safetensors& content, NumberType type) {
  const auto written_as = [&](const TensorView& tensor) {
    return tensor.type == NumberType::float32 && type == NumberType::float16 ? type : tensor.type;
  };
  Json header = Json::object();
  Json::Object& members = *header.members();  // names are unique, so append without a search
  if (!content.metadata.empty()) {
    Json texts = Json::object();
    for (const auto& [key, value] : content.metadata) texts.members()->emplace_back(key, Json(value));
    members.emplace_back(kMetadata, std::move(texts));
  }
  std::uint64_t offset = 0;
  for (const TensorView& tensor : content.tensors) {
    Json shape = Json::array(), offsets = Json::array();
    for (const std::int64_t size : tensor.shape) shape.push_back(size);
    offsets.push_back(offset);
    offset += tensor.count() * bytes_of(written_as(tensor));
    offsets.push_back(offset);
    const auto name = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const auto& known) { return known.second == written_as(tensor); });
    members.emplace_back(tensor.name, Json::object({{"dtype", name->first},
                                                    {"shape", std::move(shape)},
                                                    {"data_offsets", std::move(offsets)}}));
  }
  std::string text = header.dump();
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  std::vector<std::uint8_t> file;
  file.reserve(kLengthBytes + text.size() + static_cast<std::size_t>(offset));
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    file.push_back(static_cast<std::uint8_t>(std::uint64_t{text.size()} >> (8 * i)));
  file.insert(file.end(), text.begin(), text.end());
  for (const TensorView& tensor : content.tensors) append_numbers(tensor, written_as(tensor), file);
  return file;
}

}  // namespace cnn
