// x86-64 with AVX2 and FMA: 256 bits.
#include <immintrin.h>

#include "core/kernels/vector.h"

namespace {
struct Avx2 {
  static constexpr const char* name = "avx2";
  static constexpr int lanes = 8;
  static constexpr bool fused = true;
  typedef float F __attribute__((vector_size(32)));
  typedef std::int32_t I __attribute__((vector_size(32)));
  typedef std::uint32_t U __attribute__((vector_size(32)));
  typedef std::uint8_t Bytes __attribute__((vector_size(8)));
  static F splat(float x) { return _mm256_set1_ps(x); }
  static F mul_add(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
  static F relu(F x) { return _mm256_max_ps(_mm256_setzero_ps(), x); }  // the second operand if one is NaN
  static F sqrt(F x) { return _mm256_sqrt_ps(x); }
  // 16 registers: 12 sums (2 ports x 4 cycles need 8), 2 of B, 1 of A.
  static constexpr int gemm_rows = 6, gemm_vectors = 2;
};
}  // namespace

#include "core/kernels/all_tiles.h"

namespace cnn {
extern const KernelSet kernel_set_avx2;
const KernelSet kernel_set_avx2 = make_kernel_set<Avx2>();
}  // namespace cnn
