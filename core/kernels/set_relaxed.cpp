// WebAssembly relaxed SIMD: simd128 with multiply and add fused where the host fuses them, so results are
// reproducible on one host only.
#include "core/kernels/wasm_vector.h"

namespace {
struct Relaxed : WasmVector {
  static constexpr const char* name = "relaxed";
  static F mul_add(F a, F b, F c) { return (F)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c); }
};
}  // namespace

#include "core/kernels/all_tiles.h"

namespace cnn {
extern const KernelSet kernel_set_relaxed;
const KernelSet kernel_set_relaxed = make_kernel_set<Relaxed>();
}  // namespace cnn
