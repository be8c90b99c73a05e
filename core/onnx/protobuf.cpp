#include "core/onnx/protobuf.h"

namespace cnn {

std::optional<std::uint64_t> ProtoReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const std::uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    // Bits above 2^64 in the tenth byte are dropped, as in other parsers.
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  return {};
}

std::optional<std::uint64_t> ProtoReader::fixed(std::size_t bytes) {
  if (rest_.size() < bytes) return {};
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{rest_[i]} << (8 * i);
  rest_ = rest_.subspan(bytes);
  return value;
}

std::optional<ProtoField> ProtoReader::next() {
  if (rest_.empty() || broken_) return {};
  broken_ = true;  // until the whole field has been read
  const std::optional<std::uint64_t> key = varint();
  if (!key || *key >> 3 == 0 || *key >> 3 > 0x1fffffff) return {};
  ProtoField field;
  field.number = static_cast<std::uint32_t>(*key >> 3);
  field.wire = static_cast<ProtoField::Wire>(*key & 7u);
  std::optional<std::uint64_t> value;
  switch (field.wire) {
    case ProtoField::Wire::varint:
    case ProtoField::Wire::bytes:
      value = varint();
      break;
    case ProtoField::Wire::fixed64:
      value = fixed(8);
      break;
    case ProtoField::Wire::fixed32:
      value = fixed(4);
      break;
  }
  if (!value) return {};  // also for the deprecated groups, which current files do not contain
  field.value = *value;
  if (field.wire == ProtoField::Wire::bytes) {
    if (*value > rest_.size()) return {};
    field.bytes = rest_.first(static_cast<std::size_t>(*value));
    rest_ = rest_.subspan(field.bytes.size());
  }
  broken_ = false;
  return field;
}

bool append_repeated(const ProtoField& field, ProtoField::Wire wire, std::vector<std::uint64_t>& numbers) {
  if (field.wire == wire) {
    numbers.push_back(field.value);
    return true;
  }
  if (field.wire != ProtoField::Wire::bytes) return false;
  std::span<const std::uint8_t> rest = field.bytes;
  const std::size_t width = wire == ProtoField::Wire::fixed32 ? 4 : wire == ProtoField::Wire::fixed64 ? 8 : 0;
  while (!rest.empty()) {
    std::uint64_t value = 0;
    std::size_t used = 0;
    if (width > 0) {
      if (rest.size() < width) return false;
      for (; used < width; ++used) value |= std::uint64_t{rest[used]} << (8 * used);
    } else {
      bool ended = false;
      while (!ended) {
        if (used == rest.size() || used == 10) return false;
        value |= std::uint64_t{rest[used] & 0x7fu} << (7 * used);
        ended = rest[used] < 0x80;
        ++used;
      }
    }
    numbers.push_back(value);
    rest = rest.subspan(used);
  }
  return true;
}

void ProtoWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<std::uint8_t>(value | 0x80u));
  out_.push_back(static_cast<std::uint8_t>(value));
}

void ProtoWriter::key(std::uint32_t number, ProtoField::Wire wire) {
  varint(std::uint64_t{number} << 3 | static_cast<std::uint64_t>(wire));
}

void ProtoWriter::integer(std::uint32_t number, std::int64_t value) {
  key(number, ProtoField::Wire::varint);
  varint(static_cast<std::uint64_t>(value));
}

void ProtoWriter::float32(std::uint32_t number, float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  key(number, ProtoField::Wire::fixed32);
  for (unsigned shift = 0; shift < 32; shift += 8) out_.push_back(static_cast<std::uint8_t>(bits >> shift));
}

void ProtoWriter::bytes(std::uint32_t number, std::span<const std::uint8_t> value) {
  key(number, ProtoField::Wire::bytes);
  varint(value.size());
  out_.insert(out_.end(), value.begin(), value.end());
}

void ProtoWriter::text(std::uint32_t number, std::string_view value) {
  bytes(number, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
}

}  // namespace cnn
