#pragma once
/// int to std::size_t. Sizes and offsets are computed in std::size_t, because products of ints may overflow.
/// For drivers and tests; tile files, which have their own machine flags, use std::ptrdiff_t.

#include <cstddef>

namespace cnn {

/// n >= 0.
constexpr std::size_t size(int n) { return static_cast<std::size_t>(n); }
constexpr std::size_t size(std::ptrdiff_t n) { return static_cast<std::size_t>(n); }

}  // namespace cnn
