#pragma once
/// Counter-based random numbers: number i of a stream is a pure function of the stream's key and i. Any
/// thread can compute any part of a stream, vectorized or not, and a seed repeats bit for bit.

#include <cmath>
#include <cstdint>

namespace cnn {

/// What a stream is for. Different purposes never share numbers, whatever the seed, step and layer.
enum class RandomPurpose : std::uint32_t { initialize = 1, shuffle, augment, dropout, sample_data, test };

/// One stream of numbers, keyed by (seed, purpose, step, layer). A copy is cheap and has its own position.
///   number(i) = mix(mix(low32(i) ^ key_0(i)) + key_1(i))
///   key(i)    = splitmix64 of the key and high32(i)
/// mix is Wellons's `lowbias32` (nullprogram.com/blog/2018/07/31): five cheap 32-bit operations that every
/// SIMD set has. Within one key the numbers are a permutation of the 32-bit values: good for masks, shuffles
/// and initial weights, not for cryptography.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint64_t step = 0, std::uint32_t layer = 0)
      : key_(splitmix(splitmix(splitmix(seed) + static_cast<std::uint32_t>(purpose)) + step) + layer) {}

  /// Random access; does not move the stream.
  std::uint32_t number(std::uint64_t i) const {
    const std::uint64_t key = block_key(static_cast<std::uint32_t>(i >> 32));
    return mix(mix(static_cast<std::uint32_t>(i) ^ static_cast<std::uint32_t>(key)) +
               static_cast<std::uint32_t>(key >> 32));
  }
  /// The key of the 2^32 numbers from `high * 2^32` on. number() xors its low word and adds its high word.
  std::uint64_t block_key(std::uint32_t high) const { return splitmix(key_ + (std::uint64_t{high} << 32)); }

  std::uint32_t next_u32() { return number(position_++); }
  /// Uniform in [0, 1): a multiple of 2^-24, exact in float.
  float uniform() { return static_cast<float>(next_u32() >> 8) * 0x1p-24f; }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  /// Standard normal by the Box-Muller transform; uses two numbers.
  float normal() {
    const double radius = std::sqrt(-2.0 * std::log((next_u32() + 0.5) * 0x1p-32));
    return static_cast<float>(radius * std::cos(6.283185307179586 * next_u32() * 0x1p-32));
  }
  /// Uniform in 0 .. count-1, without bias (Lemire 2019); count >= 1.
  std::uint32_t below(std::uint32_t count) {
    std::uint64_t product = std::uint64_t{next_u32()} * count;
    if (static_cast<std::uint32_t>(product) < count) {
      const std::uint32_t reject_below = (0u - count) % count;
      while (static_cast<std::uint32_t>(product) < reject_below) product = std::uint64_t{next_u32()} * count;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  static std::uint32_t mix(std::uint32_t x) {
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
  }

 private:
  static std::uint64_t splitmix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  std::uint64_t key_;
  std::uint64_t position_ = 0;
};

}  // namespace cnn
