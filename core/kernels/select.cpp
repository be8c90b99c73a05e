// Which kernel sets this machine can run; no other file queries the CPU. A WASM module with an unknown
// instruction does not load, so there the page chooses the module, and every set in it can run.
#include <array>

#include "core/kernels/kernel_set.h"
#include "core/run/exec.h"

namespace cnn {

extern const KernelSet kernel_set_avx512, kernel_set_avx2, kernel_set_sse2, kernel_set_neon,
    kernel_set_relaxed, kernel_set_simd128, kernel_set_scalar;

namespace {
struct Usable {
  std::array<const KernelSet*, 8> sets{};
  std::size_t count = 0;
  void add(const KernelSet& set) { sets[count++] = &set; }
};

Usable find_usable() {
  Usable usable;
#ifdef CNN_KERNELS_AVX512
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    usable.add(kernel_set_avx512);
#endif
#ifdef CNN_KERNELS_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) usable.add(kernel_set_avx2);
#endif
#ifdef CNN_KERNELS_SSE2
  usable.add(kernel_set_sse2);
#endif
#ifdef CNN_KERNELS_NEON
  usable.add(kernel_set_neon);
#endif
#ifdef CNN_KERNELS_RELAXED
  usable.add(kernel_set_relaxed);
#endif
#ifdef CNN_KERNELS_SIMD128
  usable.add(kernel_set_simd128);
#endif
  usable.add(kernel_set_scalar);
  return usable;
}
}  // namespace

std::span<const KernelSet* const> kernel_sets() {
  static const Usable usable = find_usable();
  return {usable.sets.data(), usable.count};
}

std::string_view name_of(const KernelSet& set) { return set.name; }

const KernelSet* find_kernel_set(std::string_view name) {
  for (const KernelSet* set : kernel_sets())
    if (name == set->name) return set;
  return nullptr;
}

}  // namespace cnn
