#pragma once
/// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding), as far as ONNX
/// files need it: varints, 32-bit and 64-bit numbers, and length-delimited bytes.
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cnn {

/// One field of a message as stored in the file. `wire` says whether `value` or `bytes` holds the data.
struct ProtoField {
  enum class Wire { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  std::uint64_t value = 0;  ///< varint, fixed32, fixed64
  std::span<const std::uint8_t> bytes{};

  std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  std::int64_t integer() const { return static_cast<std::int64_t>(value); }
  float float32() const {
    const auto bits = static_cast<std::uint32_t>(value);
    float number_read;
    std::memcpy(&number_read, &bits, sizeof number_read);
    return number_read;
  }
};

/// Iterates over the fields of one message. Stops at the first malformed one; broken() is then true.
class ProtoReader {
 public:
  explicit ProtoReader(std::span<const std::uint8_t> message) : rest_(message) {}

  /// Empty at the end and where the message is malformed.
  std::optional<ProtoField> next();
  bool broken() const { return broken_; }

 private:
  std::optional<std::uint64_t> varint();
  std::optional<std::uint64_t> fixed(std::size_t bytes);

  std::span<const std::uint8_t> rest_;
  bool broken_ = false;
};

/// Appends a repeated number, packed or one number per field. `wire` is the type of a single number. False:
/// the bytes are not a sequence of such numbers.
bool append_repeated(const ProtoField& field, ProtoField::Wire wire, std::vector<std::uint64_t>& numbers);

class ProtoWriter {
 public:
  void integer(std::uint32_t number, std::int64_t value);
  void float32(std::uint32_t number, float value);
  void bytes(std::uint32_t number, std::span<const std::uint8_t> value);
  void text(std::uint32_t number, std::string_view value);
  void message(std::uint32_t number, const ProtoWriter& value) { bytes(number, value.out_); }

  std::vector<std::uint8_t> take() { return std::move(out_); }

 private:
  void key(std::uint32_t number, ProtoField::Wire wire);
  void varint(std::uint64_t value);

  std::vector<std::uint8_t> out_;
};

}  // namespace cnn
