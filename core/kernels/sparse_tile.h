#pragma once
/// Sums of scaled vectors selected by a list, for any vector type. Contract: sparse_sum in kernel_set.h.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// kVectors sums stay in registers. If they are few, kSets copies of them take turns to hide the addition's
/// latency.
template <class V, int kVectors, int kSets>
inline void sparse_sum_registers(int run_count, const SparseRun* runs, std::ptrdiff_t c, bool accumulate,
                                 float* out) {
  using F = typename V::F;
  F sums[kSets][kVectors];
#pragma GCC unroll 8
  for (int s = 0; s < kSets; ++s)
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) sums[s][v] = F{};
  for (int r = 0; r < run_count; ++r) {
    const float* base = runs[r].base + c;
    const SparseEntry* entry = runs[r].entries;
    const SparseEntry* end = entry + runs[r].count;
    if constexpr (kSets > 1)
      for (; end - entry >= kSets; entry += kSets)
#pragma GCC unroll 8
        for (int s = 0; s < kSets; ++s) {
          const F factor = V::splat(entry[s].value);
          const float* from = base + entry[s].offset;
#pragma GCC unroll 8
          for (int v = 0; v < kVectors; ++v)
            sums[s][v] = V::mul_add(factor, load<V>(from + v * V::lanes), sums[s][v]);
        }
    for (; entry != end; ++entry) {
      const F factor = V::splat(entry->value);
      const float* from = base + entry->offset;
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v)
        sums[0][v] = V::mul_add(factor, load<V>(from + v * V::lanes), sums[0][v]);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) {
    F sum = sums[0][v];
#pragma GCC unroll 8
    for (int s = 1; s < kSets; ++s) sum = sum + sums[s][v];
    float* to = out + c + v * V::lanes;
    store<V>(to, accumulate ? load<V>(to) + sum : sum);
  }
}

template <class V>
void sparse_sum(int run_count, const SparseRun* runs, int channels, bool accumulate, float* out) {
  int c = 0;
  for (; c + 8 * V::lanes <= channels; c += 8 * V::lanes)
    sparse_sum_registers<V, 8, 1>(run_count, runs, c, accumulate, out);
  for (; c + 4 * V::lanes <= channels; c += 4 * V::lanes)
    sparse_sum_registers<V, 4, 2>(run_count, runs, c, accumulate, out);
  for (; c + 2 * V::lanes <= channels; c += 2 * V::lanes)
    sparse_sum_registers<V, 2, 4>(run_count, runs, c, accumulate, out);
  for (; c + V::lanes <= channels; c += V::lanes)
    sparse_sum_registers<V, 1, 4>(run_count, runs, c, accumulate, out);
  for (; c < channels; ++c) {
    float sum = 0;
    for (int r = 0; r < run_count; ++r)
      for (int e = 0; e < runs[r].count; ++e)
        sum += runs[r].entries[e].value * runs[r].base[runs[r].entries[e].offset + c];
    out[c] = accumulate ? out[c] + sum : sum;
  }
}

}  // namespace cnn
