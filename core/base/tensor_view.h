#pragma once
/// An array as model files store it: a name, sizes and little-endian numbers.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/shape.h"

namespace cnn {

enum class NumberType { float32, float16, bfloat16 };

inline std::size_t bytes_of(NumberType type) { return type == NumberType::float32 ? 4 : 2; }

/// The bytes belong to the file or model it views, which must outlive it. They need no alignment.
struct TensorView {
  std::string name;
  /// Checked by the parser: sizes >= 0, and their product is count().
  std::vector<std::int64_t> shape;
  NumberType type = NumberType::float32;
  std::span<const std::uint8_t> bytes;

  std::size_t count() const { return bytes.size() / bytes_of(type); }
};

TensorView view_of(std::string name, const Shape& shape, std::span<const float> values);

/// Converts to float. `out` has room for count() numbers.
void copy_floats(const TensorView& tensor, std::span<float> out);

/// False if there is a NaN or an infinity, which no trained weight should be.
bool all_finite(std::span<const float> values);

/// "(3, 3, 3, 32)"
std::string to_string(std::span<const std::int64_t> shape);
bool same_shape(std::span<const std::int64_t> sizes, const Shape& shape);

/// Number of elements of an untrusted shape: false if a size is negative or the product exceeds `limit`.
/// Counts in 64 bits because size_t has 32 in WebAssembly.
bool checked_count(std::span<const std::int64_t> shape, std::uint64_t limit, std::uint64_t& count);

}  // namespace cnn
