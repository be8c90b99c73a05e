#pragma once
/// Conversions of 16-bit floating-point numbers, which files store. They cover subnormals, infinities and
/// NaN.
#include <cstdint>
#include <cstring>

namespace cnn {

/// IEEE 754 binary16 -> float; exact.
inline float from_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
  const std::uint32_t exponent = (half >> 10) & 31u, fraction = half & 1023u;
  if (exponent == 0) {  // fraction * 2^-24
    const float value = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -value : value;
  }
  const std::uint32_t bits =
      exponent == 31 ? sign | 0x7f800000u | fraction << 13 : sign | (exponent + 112) << 23 | fraction << 13;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// float -> IEEE 754 binary16: to the nearest, ties to even; infinity from 65520 on; NaN stays NaN.
inline std::uint16_t to_half(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);
  if (magnitude >= 0x47800000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65536 and more
  // The result is `kept` with `dropped` bits shifted out. A carry out of the fraction correctly raises the
  // exponent, up to infinity.
  std::uint32_t kept, dropped;
  if (magnitude >= 0x38800000u) {  // 2^-14, the smallest normal half
    kept = magnitude - (112u << 23);
    dropped = 13;
  } else {
    const std::uint32_t exponent = magnitude >> 23;
    if (exponent < 102) return static_cast<std::uint16_t>(sign);  // below 2^-25: half the smallest value
    kept = (magnitude & 0x7fffffu) | 0x800000u;
    dropped = 126 - exponent;
  }
  const std::uint32_t half = 1u << (dropped - 1), rest = kept & ((1u << dropped) - 1);
  kept >>= dropped;
  if (rest > half || (rest == half && (kept & 1u))) ++kept;
  return static_cast<std::uint16_t>(sign | kept);
}

/// bfloat16 (the upper 16 bits of a float) -> float; exact.
inline float from_bfloat16(std::uint16_t upper) {
  const std::uint32_t bits = std::uint32_t{upper} << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace cnn
