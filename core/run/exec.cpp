#include "core/run/exec.h"

#include <algorithm>
#include <new>

namespace cnn {
namespace {
constexpr std::size_t kAlignment = 64;
}

void Scratch::Free::operator()(std::byte* block) const {
  ::operator delete[](block, std::align_val_t{kAlignment});
}

Scratch::Block Scratch::allocate(std::size_t bytes) {
  return Block(static_cast<std::byte*>(::operator new[](bytes, std::align_val_t{kAlignment})));
}

void* Scratch::borrow(std::size_t bytes) {
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  const std::size_t at = used_;
  used_ += bytes;
  most_used_ = std::max(most_used_, used_);
  if (at == 0 && capacity_ < most_used_) {  // nothing is borrowed, so the main block can be replaced
    main_.reset();
    main_ = allocate(most_used_);
    capacity_ = most_used_;
  }
  if (used_ <= capacity_) return main_.get() + at;
  spilled_.push_back(allocate(bytes));
  return spilled_.back().get();
}

void Scratch::give_back(std::size_t mark) {
  used_ = mark;
  if (mark == 0) spilled_.clear();
}

}  // namespace cnn
