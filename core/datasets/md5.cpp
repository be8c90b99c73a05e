#include "core/datasets/md5.h"

#include <algorithm>
#include <cstddef>

namespace cnn {
namespace {

constexpr std::uint32_t kSines[64] = {  // floor(2^32 * |sin(i + 1)|)
    0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu, 0xf57c0fafu, 0x4787c62au, 0xa8304613u, 0xfd469501u,
    0x698098d8u, 0x8b44f7afu, 0xffff5bb1u, 0x895cd7beu, 0x6b901122u, 0xfd987193u, 0xa679438eu, 0x49b40821u,
    0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau, 0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u,
    0x21e1cde6u, 0xc33707d6u, 0xf4d50d87u, 0x455a14edu, 0xa9e3e905u, 0xfcefa3f8u, 0x676f02d9u, 0x8d2a4c8au,
    0xfffa3942u, 0x8771f681u, 0x6d9d6122u, 0xfde5380cu, 0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u,
    0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u, 0xd9d4d039u, 0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u,
    0xf4292244u, 0x432aff97u, 0xab9423a7u, 0xfc93a039u, 0x655b59c3u, 0x8f0ccc92u, 0xffeff47du, 0x85845dd1u,
    0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u, 0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u};
constexpr int kTurns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

constexpr std::uint32_t turn(std::uint32_t x, int by) { return (x << by) | (x >> (32 - by)); }

}  // namespace

void Md5::block(const std::uint8_t* p) {
  std::uint32_t words[16];
  for (int i = 0; i < 16; ++i, p += 4) {
    words[i] = std::uint32_t{p[0]} | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16 |
               std::uint32_t{p[3]} << 24;
  }
  auto [a, b, c, d] = state_;
  for (int i = 0; i < 64; ++i) {
    std::uint32_t f = 0;
    int word = 0;
    switch (i / 16) {
      case 0:
        f = (b & c) | (~b & d), word = i;
        break;
      case 1:
        f = (d & b) | (~d & c), word = (5 * i + 1) % 16;
        break;
      case 2:
        f = b ^ c ^ d, word = (3 * i + 5) % 16;
        break;
      default:
        f = c ^ (b | ~d), word = (7 * i) % 16;
        break;
    }
    const std::uint32_t next = b + turn(a + f + kSines[i] + words[word], kTurns[i / 16][i % 4]);
    a = d, d = c, c = b, b = next;
  }
  state_[0] += a, state_[1] += b, state_[2] += c, state_[3] += d;
}

void Md5::write(Bytes bytes) {
  std::size_t filled = static_cast<std::size_t>(length_ % 64);
  length_ += bytes.size();
  const std::uint8_t* p = bytes.data();
  std::size_t left = bytes.size();
  if (filled > 0) {
    const std::size_t take = std::min(left, 64 - filled);
    std::copy_n(p, take, pending_.begin() + static_cast<std::ptrdiff_t>(filled));
    p += take, left -= take, filled += take;
    if (filled < 64) return;
    block(pending_.data());
  }
  for (; left >= 64; left -= 64, p += 64) block(p);
  std::copy_n(p, left, pending_.begin());
}

std::string Md5::finish() {
  const std::uint64_t bits = length_ * 8;
  static constexpr std::uint8_t kPadding[64] = {0x80};
  write(Bytes(kPadding, 1 + (119 - static_cast<std::size_t>(length_ % 64)) % 64));  // to 56 modulo 64
  std::uint8_t tail[8];
  for (int i = 0; i < 8; ++i) tail[i] = static_cast<std::uint8_t>(bits >> (8 * i));
  write(tail);
  std::string hex;
  for (const std::uint32_t word : state_) {
    for (int nibble = 0; nibble < 8; ++nibble) {  // bytes from the low end, high nibble first
      hex += "0123456789abcdef"[(word >> (4 * (nibble ^ 1))) & 15];
    }
  }
  return hex;
}

}  // namespace cnn
