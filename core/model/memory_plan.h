#pragma once
/// Places the arrays of a step in one block of memory. Arrays whose lifetimes do not overlap share bytes.
#include <cstdint>
#include <vector>

namespace cnn {

struct LifeSpan {
  std::uint64_t bytes = 0;
  int first = 0, last = 0;   ///< first and last moment at which the array must exist, both included
  std::uint64_t offset = 0;  ///< output: a multiple of 64
};

/// Sets every offset: the largest array first, each at the lowest offset that is free during its lifetime.
/// Returns the size of the whole block in bytes.
std::uint64_t place(std::vector<LifeSpan>& arrays);

}  // namespace cnn
