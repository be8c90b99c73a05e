#pragma once
/// core/model/memory_plan.h: where in one block of memory each array of a step lives, so that arrays whose lives do
/// not meet share bytes.
#include <cstdint>
#include <vector>

namespace cnn {

struct LifeSpan {
  std::uint64_t bytes = 0;
  int first = 0, last = 0;   ///< moments at which the array must exist, both included
  std::uint64_t offset = 0;  ///< result: a multiple of 64
};

/// Sets every offset, large arrays first, each at the lowest place that is free through its life. Returns the
/// bytes of the whole block.
std::uint64_t place(std::vector<LifeSpan>& arrays);

}  // namespace cnn
