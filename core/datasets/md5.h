#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/archives/byte_sink.h"

namespace cnn {

/// MD5 (RFC 1321) of bytes that arrive in pieces. Says which archive this is; protects against nothing.
class Md5 {
 public:
  void write(Bytes bytes);
  /// 32 lower-case hexadecimal digits; the object is spent afterwards.
  std::string finish();

 private:
  void block(const std::uint8_t* p);

  std::array<std::uint32_t, 4> state_{0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u};
  std::array<std::uint8_t, 64> pending_{};
  std::uint64_t length_ = 0;
};

}  // namespace cnn
