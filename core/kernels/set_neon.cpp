// AArch64: 128 bits, fused multiply and add, 32 registers.
#include <arm_neon.h>

#include "core/kernels/vector.h"

namespace {
struct Neon {
  static constexpr const char* name = "neon";
  static constexpr int lanes = 4;
  static constexpr bool fused = true;
  typedef float F __attribute__((vector_size(16)));
  typedef std::int32_t I __attribute__((vector_size(16)));
  typedef std::uint32_t U __attribute__((vector_size(16)));
  typedef std::uint8_t Bytes __attribute__((vector_size(4)));
  static F splat(float x) { return vdupq_n_f32(x); }
  static F mul_add(F a, F b, F c) { return vfmaq_f32(c, a, b); }
  static F relu(F x) { return vmaxq_f32(x, vdupq_n_f32(0)); }  // NaN stays
  static F sqrt(F x) { return vsqrtq_f32(x); }
  // 32 registers: 24 sums (4 ports x 4 cycles need 16), 3 of B, 1 of A.
  static constexpr int gemm_rows = 8, gemm_vectors = 3;
};
}  // namespace

#include "core/kernels/all_tiles.h"

namespace cnn {
extern const KernelSet kernel_set_neon;
const KernelSet kernel_set_neon = make_kernel_set<Neon>();
}  // namespace cnn
