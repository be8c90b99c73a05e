#pragma once
/// tests/fuzz/require.h: what a fuzzer asserts. A false one stops the program where a debugger or libFuzzer
/// sees it.

namespace cnn {

inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace cnn
