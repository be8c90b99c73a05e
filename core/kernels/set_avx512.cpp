// x86-64 with AVX-512 F, BW, DQ and VL: 512 bits.
#include <immintrin.h>

#include "core/kernels/vector.h"

namespace {
struct Avx512 {
  static constexpr const char* name = "avx512";
  static constexpr int lanes = 16;
  static constexpr bool fused = true;
  typedef float F __attribute__((vector_size(64)));
  typedef std::int32_t I __attribute__((vector_size(64)));
  typedef std::uint32_t U __attribute__((vector_size(64)));
  typedef std::uint8_t Bytes __attribute__((vector_size(16)));
  static F splat(float x) { return _mm512_set1_ps(x); }
  static F mul_add(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
  // Full masks, because g++ 12 warns about the unmasked forms in its own header. max returns the second
  // operand if one is NaN.
  static F relu(F x) { return _mm512_maskz_max_ps(0xffff, _mm512_setzero_ps(), x); }
  static F sqrt(F x) { return _mm512_maskz_sqrt_ps(0xffff, x); }
  // 32 registers: 24 sums, 2 of B; A is broadcast from memory by the multiplication itself.
  static constexpr int gemm_rows = 12, gemm_vectors = 2;
};
}  // namespace

#include "core/kernels/all_tiles.h"

namespace cnn {
extern const KernelSet kernel_set_avx512;
const KernelSet kernel_set_avx512 = make_kernel_set<Avx512>();
}  // namespace cnn
