// x86-64's baseline: 128 bits, no fused multiply and add.
#include <emmintrin.h>

#include "core/kernels/vector.h"

namespace {
struct Sse2 {
  static constexpr const char* name = "sse2";
  static constexpr int lanes = 4;
  static constexpr bool fused = false;
  typedef float F __attribute__((vector_size(16)));
  typedef std::int32_t I __attribute__((vector_size(16)));
  typedef std::uint32_t U __attribute__((vector_size(16)));
  typedef std::uint8_t Bytes __attribute__((vector_size(4)));
  static F splat(float x) { return _mm_set1_ps(x); }
  static F mul_add(F a, F b, F c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
  static F relu(F x) { return _mm_max_ps(_mm_setzero_ps(), x); }  // the second operand if one is NaN
  static F sqrt(F x) { return _mm_sqrt_ps(x); }
  // 16 registers: 8 sums, 2 of B, 1 of A and 1 product; 6x2 would spill.
  static constexpr int gemm_rows = 4, gemm_vectors = 2;
};
}  // namespace

#include "core/kernels/all_tiles.h"

namespace cnn {
extern const KernelSet kernel_set_sse2;
const KernelSet kernel_set_sse2 = make_kernel_set<Sse2>();
}  // namespace cnn
