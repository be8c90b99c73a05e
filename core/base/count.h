#pragma once
/// Counts as people read them.

#include <cstddef>
#include <string>

namespace cnn {

/// 1,060,138
inline std::string count_text(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace cnn
