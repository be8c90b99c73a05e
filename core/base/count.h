#pragma once
/// Counts as people read them.

#include <cstddef>
#include <string>

namespace cnn {

/// "1060138" as "1,060,138".
inline std::string with_commas(std::string digits) {
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}
inline std::string count_text(std::size_t number) { return with_commas(std::to_string(number)); }

}  // namespace cnn
