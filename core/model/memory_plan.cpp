#include "core/model/memory_plan.h"

#include <algorithm>

namespace cnn {

std::uint64_t place(std::vector<LifeSpan>& arrays) {
  constexpr std::uint64_t alignment = 64;  // a cache line, and the widest vector
  std::vector<LifeSpan*> order;
  for (LifeSpan& array : arrays) {
    array.bytes = (array.bytes + alignment - 1) / alignment * alignment;
    order.push_back(&array);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const LifeSpan* a, const LifeSpan* b) { return a->bytes > b->bytes; });
  std::uint64_t total = 0;
  std::vector<const LifeSpan*> placed;  // by offset
  for (LifeSpan* array : order) {
    std::uint64_t offset = 0;
    for (const LifeSpan* other : placed) {
      if (other->last < array->first || array->last < other->first) continue;
      if (offset + array->bytes <= other->offset) break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    array->offset = offset;
    total = std::max(total, offset + array->bytes);
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), array,
                         [](const LifeSpan* a, const LifeSpan* b) { return a->offset < b->offset; }),
        array);
  }
  return total;
}

}  // namespace cnn
