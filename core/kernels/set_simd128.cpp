// WebAssembly SIMD: 128 bits.
#include "core/kernels/wasm_vector.h"

namespace {
struct Simd128 : WasmVector {
  static constexpr const char* name = "simd128";
  static F mul_add(F a, F b, F c) { return a * b + c; }
};
}  // namespace

#include "core/kernels/all_tiles.h"

namespace cnn {
extern const KernelSet kernel_set_simd128;
const KernelSet kernel_set_simd128 = make_kernel_set<Simd128>();
}  // namespace cnn
