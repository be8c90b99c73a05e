#pragma once
/// Sizes of tensors. Activations are float32 [N, H, W, C], channels last; a Shape leaves N out.
#include <array>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace cnn {

class Json;

/// Up to four sizes: {height, width, channels} or {units} for activations, {kh, kw, channels, filters} for
/// kernels.
class Shape {
 public:
  static constexpr int max_rank = 4;

  Shape() = default;
  Shape(std::initializer_list<int> sizes) {
    for (const int size : sizes) push_back(size);
  }

  int rank() const { return rank_; }
  int operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  int back() const { return (*this)[rank_ - 1]; }
  const int* begin() const { return sizes_.data(); }
  const int* end() const { return sizes_.data() + rank_; }
  /// Ignores sizes beyond the fourth; parsers of untrusted input check the rank first.
  void push_back(int size) {
    if (rank_ < max_rank) sizes_[static_cast<std::size_t>(rank_++)] = size;
  }
  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::array<int, max_rank> sizes_{};
  int rank_ = 0;
};

/// Number of elements: 1 for an empty shape, 0 if a size is 0 or less. Saturates at the largest size_t
/// instead of overflowing, so that the result can be checked against a limit (size_t has 32 bits in
/// WebAssembly).
inline std::size_t count(const Shape& shape) {
  std::size_t product = 1;
  for (const int size : shape) {
    if (size <= 0) return 0;
    const auto factor = static_cast<std::size_t>(size);
    if (product > std::numeric_limits<std::size_t>::max() / factor) {
      product = std::numeric_limits<std::size_t>::max();
    } else {
      product *= factor;
    }
  }
  return product;
}

/// Rows of a batch of such tensors, seen as [rows, channels]: all sizes but the last.
inline int row_count(int batch, const Shape& shape) {
  return batch * (static_cast<int>(count(shape)) / shape.back());
}

/// As Python writes a tuple: "(32, 32, 3)", "(128,)".
inline std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(shape[axis]);
  }
  return text + (shape.rank() == 1 ? ",)" : ")");
}

struct Size2 {
  int height = 0, width = 0;
  friend bool operator==(const Size2&, const Size2&) = default;
};

/// "3x3"
inline std::string to_string(Size2 size) {
  return std::to_string(size.height) + "x" + std::to_string(size.width);
}

/// What is around a map under a sliding window: nothing, as much as makes the output ceil(size / stride), or
/// a number of cells on each side. As configurations write it: "valid", "same",
/// [[top, bottom], [left, right]].
struct Padding {
  /// Along one axis.
  struct Sides {
    bool same = false;
    int before = 0, after = 0;
  };
  static const Padding valid;  ///< windows stay inside; an incomplete border is dropped
  static const Padding same;   ///< the output has ceil(size / stride) cells; an odd cell is below and right

  bool is_same = false;
  int top = 0, bottom = 0, left = 0, right = 0;

  constexpr bool has_sides() const { return top != 0 || bottom != 0 || left != 0 || right != 0; }
  constexpr Sides rows() const { return {is_same, top, bottom}; }
  constexpr Sides columns() const { return {is_same, left, right}; }

  // For Fields.
  std::span<const std::string_view> choices() const;
  Json to_json() const;
  std::string from_json(const Json& json);
  friend bool operator==(const Padding&, const Padding&) = default;
};
inline constexpr Padding Padding::valid{};
inline constexpr Padding Padding::same{true};

/// One axis of a sliding window: how many positions it has and how far outside it begins.
struct Window {
  int count = 0;       ///< output size; 0 or less: the window does not fit
  int pad_before = 0;  ///< cells of padding above or on the left
};

inline Window slide(int size, int window, int stride, Padding::Sides padding) {
  if (!padding.same) {
    const int padded = size + padding.before + padding.after;
    return {padded < window ? 0 : (padded - window) / stride + 1, padding.before};
  }
  const int count = (size + stride - 1) / stride;
  const int pad = (count - 1) * stride + window - size;
  return {count, pad > 0 ? pad / 2 : 0};
}

}  // namespace cnn
