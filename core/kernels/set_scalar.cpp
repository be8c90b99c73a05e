// No vectors: for hosts without SIMD, and to separate errors in vector code from errors in the algorithm.
#include "core/kernels/vector.h"

namespace {
struct Scalar {
  static constexpr const char* name = "scalar";
  static constexpr int lanes = 1;
  static constexpr bool fused = false;
  typedef float F __attribute__((vector_size(4)));
  typedef std::int32_t I __attribute__((vector_size(4)));
  typedef std::uint32_t U __attribute__((vector_size(4)));
  typedef std::uint8_t Bytes __attribute__((vector_size(1)));
  static F splat(float x) { return F{x}; }
  static F mul_add(F a, F b, F c) { return a * b + c; }
  static F relu(F x) { return F{x[0] < 0 ? 0 : x[0]}; }
  static F sqrt(F x) { return F{__builtin_sqrtf(x[0])}; }
  static constexpr int gemm_rows = 4, gemm_vectors = 4;
};
}  // namespace

#include "core/kernels/all_tiles.h"

namespace cnn {
extern const KernelSet kernel_set_scalar;
const KernelSet kernel_set_scalar = make_kernel_set<Scalar>();
}  // namespace cnn
