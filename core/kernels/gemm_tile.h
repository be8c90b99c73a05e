#pragma once
// The one loop nest of matrix products, for any vector type; contract: GemmBlock in
// core/kernels/kernel_set.h.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// One term of every sum: a column of A, whose numbers are `a_row` apart, times a row of B.
template <class V, int kRows, int kVectors>
inline void gemm_term(const float* const (&a)[kRows], int at, const float* b,
                      typename V::F (&sums)[kRows][kVectors]) {
  typename V::F columns[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) columns[v] = load<V>(b + v * V::lanes);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    const typename V::F left = V::splat(a[i][at]);
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[i][v] = V::mul_add(left, columns[v], sums[i][v]);
  }
}

/// kRows x kVectors sums stay in registers over `depth` terms; then bias and relu, where they are wanted.
template <class V, int kRows, int kVectors>
inline void gemm_registers(int depth, const float* a, std::ptrdiff_t a_row, std::ptrdiff_t a_depth,
                           const float* b, std::ptrdiff_t b_stride, bool add, const float* bias, bool relu,
                           float* c, std::ptrdiff_t c_stride) {
  using F = typename V::F;
  F sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[i][v] = F{};
  const float* rows[kRows];
  int p = 0;
  if (a_row == 1) {  // known to the compiler here: one pointer and constant offsets
    for (; p < depth; ++p, a += a_depth, b += b_stride) {
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) rows[i] = a + i;
      gemm_term<V, kRows, kVectors>(rows, 0, b, sums);
    }
  } else {  // a_depth is 1: several terms with constant offsets before the pointers move
    constexpr int kTerms = 4;
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) rows[i] = a + i * a_row;
    for (; p + kTerms <= depth; p += kTerms) {
#pragma GCC unroll 4
      for (int t = 0; t < kTerms; ++t, b += b_stride) gemm_term<V, kRows, kVectors>(rows, t, b, sums);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) rows[i] += kTerms;
    }
    for (; p < depth; ++p, b += b_stride) {
      gemm_term<V, kRows, kVectors>(rows, 0, b, sums);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) ++rows[i];
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      float* to = c + i * c_stride + v * V::lanes;
      F sum = sums[i][v];
      if (add) sum = load<V>(to) + sum;
      if (bias) sum = sum + load<V>(bias + v * V::lanes);
      if (relu) sum = V::relu(sum);
      store<V>(to, sum);
    }
}

/// One panel of kVectors * lanes columns, all rows: full tiles, then the one tile of the rest.
template <class V, int kVectors, int kRows = V::gemm_rows>
inline void gemm_rest_rows(int m, int depth, const float* a, std::ptrdiff_t a_row, std::ptrdiff_t a_depth,
                           const float* b, std::ptrdiff_t b_stride, bool add, const float* bias, bool relu,
                           float* c, std::ptrdiff_t c_stride) {
  if constexpr (kRows > 0) {
    if (m == kRows)
      gemm_registers<V, kRows, kVectors>(depth, a, a_row, a_depth, b, b_stride, add, bias, relu, c, c_stride);
    else
      gemm_rest_rows<V, kVectors, kRows - 1>(m, depth, a, a_row, a_depth, b, b_stride, add, bias, relu, c,
                                             c_stride);
  }
}
template <class V, int kVectors>
inline void gemm_panel(int m, int depth, const float* a, std::ptrdiff_t a_row, std::ptrdiff_t a_depth,
                       const float* b, std::ptrdiff_t b_stride, bool add, const float* bias, bool relu,
                       float* c, std::ptrdiff_t c_stride) {
  constexpr int kRows = V::gemm_rows;
  int i = 0;
  for (; i + kRows <= m; i += kRows)
    gemm_registers<V, kRows, kVectors>(depth, a + i * a_row, a_row, a_depth, b, b_stride, add, bias, relu,
                                       c + i * c_stride, c_stride);
  gemm_rest_rows<V, kVectors, kRows - 1>(m - i, depth, a + i * a_row, a_row, a_depth, b, b_stride, add, bias,
                                         relu, c + i * c_stride, c_stride);
}

/// Fewer columns than a vector has: B and C go through padded copies.
template <class V>
inline void gemm_narrow_panel(int m, int columns, int depth, const float* a, std::ptrdiff_t a_row,
                              std::ptrdiff_t a_depth, const float* b, std::ptrdiff_t b_stride, bool add,
                              const float* bias, bool relu, float* c, std::ptrdiff_t c_stride) {
  constexpr int kRows = V::gemm_rows;
  float padded_b[kGemmDepth * V::lanes];
  float padded_c[kRows * V::lanes];
  float padded_bias[V::lanes];
  for (int p = 0; p < depth; ++p) store<V>(padded_b + p * V::lanes, load_some<V>(b + p * b_stride, columns));
  if (bias) store<V>(padded_bias, load_some<V>(bias, columns));
  for (int i = 0; i < m; i += kRows) {
    const int rows = m - i < kRows ? m - i : kRows;
    if (add)
      for (int r = 0; r < rows; ++r)
        store<V>(padded_c + r * V::lanes, load_some<V>(c + (i + r) * c_stride, columns));
    gemm_rest_rows<V, 1>(rows, depth, a + i * a_row, a_row, a_depth, padded_b, V::lanes, add,
                         bias ? padded_bias : nullptr, relu, padded_c, V::lanes);
    for (int r = 0; r < rows; ++r)
      store_some<V>(c + (i + r) * c_stride, load<V>(padded_c + r * V::lanes), columns);
  }
}

template <class V>
void gemm_block(const GemmBlock& g) {
  constexpr int kWide = V::gemm_vectors * V::lanes;
  if (g.k <= 0) {
    for (int i = 0; i < g.m; ++i)
      for (int j = 0; j < g.n; ++j) {
        float& c = g.c[i * g.c_stride + j];
        float sum = (g.accumulate ? c : 0) + (g.bias ? g.bias[j] : 0);
        c = g.relu && sum < 0 ? 0 : sum;
      }
    return;
  }
  for (int p = 0; p < g.k; p += kGemmDepth) {
    const int depth = g.k - p < kGemmDepth ? g.k - p : kGemmDepth;
    const bool add = g.accumulate || p > 0, last = p + depth == g.k;
    const float* a = g.a + p * g.a_depth;
    const float* b = g.b + p * g.b_stride;
    const float* bias = last ? g.bias : nullptr;
    const bool relu = last && g.relu;
    int j = 0;
    for (; j + kWide <= g.n; j += kWide)
      gemm_panel<V, V::gemm_vectors>(g.m, depth, a, g.a_row, g.a_depth, b + j, g.b_stride, add,
                                     bias ? bias + j : bias, relu, g.c + j, g.c_stride);
    for (; j + V::lanes <= g.n; j += V::lanes)
      gemm_panel<V, 1>(g.m, depth, a, g.a_row, g.a_depth, b + j, g.b_stride, add, bias ? bias + j : bias,
                       relu, g.c + j, g.c_stride);
    if (j < g.n)
      gemm_narrow_panel<V>(g.m, g.n - j, depth, a, g.a_row, g.a_depth, b + j, g.b_stride, add,
                           bias ? bias + j : bias, relu, g.c + j, g.c_stride);
  }
}

/// Squares of 4 by 4 in 128-bit vectors, which every set has and whose shuffles are one instruction each.
template <class V>
void transpose(int rows, int columns, const float* x, std::ptrdiff_t stride, float* y) {
  typedef float Quad __attribute__((vector_size(16)));
  const auto get = [](const float* p) {
    Quad q;
    __builtin_memcpy(&q, p, sizeof q);
    return q;
  };
  const auto put = [](float* p, Quad q) { __builtin_memcpy(p, &q, sizeof q); };
  const std::ptrdiff_t y_stride = rows;
  int i = 0;
  for (; i + 4 <= rows; i += 4) {
    const float* from = x + i * stride;
    float* to = y + i;
    int j = 0;
    for (; j + 4 <= columns; j += 4, from += 4, to += 4 * y_stride) {
      const Quad a = get(from), b = get(from + stride), c = get(from + 2 * stride),
                 d = get(from + 3 * stride);
      const Quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5),
                 ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
      const Quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5),
                 cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
      put(to, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
      put(to + y_stride, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
      put(to + 2 * y_stride, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
      put(to + 3 * y_stride, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
    }
    for (; j < columns; ++j, ++from, to += y_stride)
      for (int r = 0; r < 4; ++r) to[r] = from[r * stride];
  }
  for (; i < rows; ++i)
    for (int j = 0; j < columns; ++j) y[j * y_stride + i] = x[i * stride + j];
}

}  // namespace cnn
