#pragma once
/// WebAssembly's 128-bit vectors, shared by its two sets; each adds its name and its mul_add. Only those two
/// files include this one. The unnamed namespace is for the reason given in vector.h.
#include <wasm_simd128.h>

#include "core/kernels/vector.h"

namespace {
struct WasmVector {
  static constexpr int lanes = 4;
  static constexpr bool fused = false;
  typedef float F __attribute__((vector_size(16)));
  typedef std::int32_t I __attribute__((vector_size(16)));
  typedef std::uint32_t U __attribute__((vector_size(16)));
  typedef std::uint8_t Bytes __attribute__((vector_size(4)));
  static F splat(float x) { return (F)wasm_f32x4_splat(x); }
  // pmax is one instruction on x86 hosts, max several; pmax(x, 0) is x when x is NaN.
  static F relu(F x) { return (F)wasm_f32x4_pmax((v128_t)x, wasm_f32x4_const(0, 0, 0, 0)); }
  static F sqrt(F x) { return (F)wasm_f32x4_sqrt((v128_t)x); }
  // An x86-64 host has 16 registers, of which the engine reserves one: 8 sums, 2 of B, 1 of A, 1 product.
  // Only the addition is chained, so 8 sums are enough; 6x2 spills and halves the rate.
  static constexpr int gemm_rows = 4, gemm_vectors = 2;
};
}  // namespace
