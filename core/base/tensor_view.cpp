#include "core/base/tensor_view.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/half.h"

namespace cnn {

TensorView view_of(std::string name, const Shape& shape, std::span<const float> values) {
  TensorView view;
  view.name = std::move(name);
  view.shape.assign(shape.begin(), shape.end());
  view.bytes = {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
  return view;
}

void copy_floats(const TensorView& tensor, std::span<float> out) {
  const std::size_t n = std::min(tensor.count(), out.size());
  if (n == 0) return;
  if (tensor.type == NumberType::float32) {
    std::memcpy(out.data(), tensor.bytes.data(), n * sizeof(float));
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits =
        static_cast<std::uint16_t>(tensor.bytes[2 * i] | static_cast<unsigned>(tensor.bytes[2 * i + 1]) << 8);
    out[i] = tensor.type == NumberType::float16 ? from_half(bits) : from_bfloat16(bits);
  }
}

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

std::string to_string(std::span<const std::int64_t> shape) {
  std::string text = "(";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(shape[axis]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

bool same_shape(std::span<const std::int64_t> sizes, const Shape& shape) {
  return std::equal(sizes.begin(), sizes.end(), shape.begin(), shape.end(),
                    [](std::int64_t a, int b) { return a == b; });
}

bool checked_count(std::span<const std::int64_t> shape, std::uint64_t limit, std::uint64_t& count) {
  count = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) return false;
    if (size == 0) {
      count = 0;
      continue;  // a later size may still be negative
    }
    if (count > limit / static_cast<std::uint64_t>(size)) return false;
    count *= static_cast<std::uint64_t>(size);
  }
  return count <= limit;
}

}  // namespace cnn
