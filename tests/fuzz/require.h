#pragma once
/// The assertion of the fuzzers. A false one stops the program where a debugger or libFuzzer catches it.

namespace cnn {

inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace cnn
