#pragma once
/// The loop nest of all matrix products, for any vector type. Contract: GemmBlock in kernel_set.h.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// Adds one term to every sum: a[i][at], one number for each row of A, times one row of B.
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

/// C [m, columns] = A [m, depth] B [depth, columns],
/// for a panel of columns that the function called defines. Strides in floats.
struct GemmPanel {
  int depth;
  const float* a;
  std::ptrdiff_t a_row, a_depth;  ///< one of them is 1
  std::ptrdiff_t a_tile;          ///< from one tile of V::gemm_rows rows to the next
  const float* b;
  std::ptrdiff_t b_stride;
  bool add;           ///< C is added to the product
  const float* bias;  ///< [columns], added last; or null
  bool relu;
  float* c;
  std::ptrdiff_t c_stride;
};

/// kRows x kVectors sums stay in registers over `depth` terms; then come bias and relu, if any.
template <class V, int kRows, int kVectors>
inline void gemm_registers(const GemmPanel& g) {
  using F = typename V::F;
  const float *a = g.a, *b = g.b;
  const int depth = g.depth;
  const std::ptrdiff_t b_stride = g.b_stride;
  F sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[i][v] = F{};
  const float* rows[kRows];
  int p = 0;
  const std::ptrdiff_t a_depth = g.a_depth;
  if (g.a_row == 1) {  // the compiler then uses one pointer and constant offsets
    for (; p < depth; ++p, a += a_depth, b += b_stride) {
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) rows[i] = a + i;
      gemm_term<V, kRows, kVectors>(rows, 0, b, sums);
    }
  } else {  // a_depth is 1: several terms with constant offsets before the pointers move
    constexpr int kTerms = 4;
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) rows[i] = a + i * g.a_row;
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
  const auto for_each_sum = [&](auto body) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) body(sums[i][v], v * V::lanes, g.c + i * g.c_stride + v * V::lanes);
  };
  if (g.add) for_each_sum([](F& sum, int, const float* to) { sum = load<V>(to) + sum; });
  if (g.bias) for_each_sum([&g](F& sum, int column, const float*) { sum = sum + load<V>(g.bias + column); });
  if (g.relu) for_each_sum([](F& sum, int, const float*) { sum = V::relu(sum); });
  for_each_sum([](const F& sum, int, float* to) { store<V>(to, sum); });
}

/// One tile of m <= kRows rows, by the instantiation for exactly m.
template <class V, int kVectors, int kRows = V::gemm_rows>
inline void gemm_rest_rows(int m, const GemmPanel& g) {
  if constexpr (kRows > 0) {
    if (m == kRows)
      gemm_registers<V, kRows, kVectors>(g);
    else
      gemm_rest_rows<V, kVectors, kRows - 1>(m, g);
  }
}
/// All m rows of one panel of kVectors * lanes columns: full tiles, then one tile with the remaining rows.
template <class V, int kVectors>
inline void gemm_panel(int m, GemmPanel g) {
  constexpr int kRows = V::gemm_rows;
  for (; m >= kRows; m -= kRows, g.a += g.a_tile, g.c += kRows * g.c_stride)
    gemm_registers<V, kRows, kVectors>(g);
  gemm_rest_rows<V, kVectors, kRows - 1>(m, g);
}

/// A panel of `columns` < lanes columns: B and C go through padded copies.
template <class V>
inline void gemm_narrow_panel(int m, int columns, const GemmPanel& g) {
  constexpr int kRows = V::gemm_rows;
  float padded_b[kGemmDepth * V::lanes];
  float padded_c[kRows * V::lanes];
  float padded_bias[V::lanes];
  for (int p = 0; p < g.depth; ++p)
    store<V>(padded_b + p * V::lanes, load_some<V>(g.b + p * g.b_stride, columns));
  if (g.bias) store<V>(padded_bias, load_some<V>(g.bias, columns));
  GemmPanel padded = g;
  padded.b = padded_b, padded.b_stride = V::lanes;
  padded.bias = g.bias ? padded_bias : nullptr;
  padded.c = padded_c, padded.c_stride = V::lanes;
  for (int i = 0; i < m; i += kRows, padded.a += g.a_tile) {
    const int rows = m - i < kRows ? m - i : kRows;
    if (g.add)
      for (int r = 0; r < rows; ++r)
        store<V>(padded_c + r * V::lanes, load_some<V>(g.c + (i + r) * g.c_stride, columns));
    gemm_rest_rows<V, 1>(rows, padded);
    for (int r = 0; r < rows; ++r)
      store_some<V>(g.c + (i + r) * g.c_stride, load<V>(padded_c + r * V::lanes), columns);
  }
}

/// Rows at a distance of a large power of two map to the same set of the L1 cache, and rows far apart need a
/// page each. At this distance (in floats) and above, they are first copied into contiguous memory, which
/// changes no bit.
constexpr std::ptrdiff_t kFarApart = 256;
/// Rows of A that are copied at once: a multiple of gemm_rows of every set.
constexpr int kGemmRows = 48;

/// Copies A to packed [tile][depth][kRows]; rows missing in the last tile are not written.
template <class V>
inline void gemm_pack_a(int m, int depth, const float* a, std::ptrdiff_t a_row, std::ptrdiff_t a_depth,
                        float* packed) {
  constexpr int kRows = V::gemm_rows;
  for (int i = 0; i < m; i += kRows, packed += kRows * depth) {
    const int rows = m - i < kRows ? m - i : kRows;
    const float* from = a + i * a_row;
    if (rows == kRows)
      for (int p = 0; p < depth; ++p)
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) packed[p * kRows + r] = from[p * a_depth + r * a_row];
    else
      for (int p = 0; p < depth; ++p)
        for (int r = 0; r < rows; ++r) packed[p * kRows + r] = from[p * a_depth + r * a_row];
  }
}

template <class V>
void gemm_block(const GemmBlock& g) {
  constexpr int kRows = V::gemm_rows, kWide = V::gemm_vectors * V::lanes;
  static_assert(kGemmRows % kRows == 0);
  if (g.k <= 0) {
    for (int i = 0; i < g.m; ++i)
      for (int j = 0; j < g.n; ++j) {
        float& c = g.c[i * g.c_stride + j];
        float sum = (g.accumulate ? c : 0) + (g.bias ? g.bias[j] : 0);
        c = g.relu && sum < 0 ? 0 : sum;
      }
    return;
  }
  float packed_a[kGemmRows * kGemmDepth], packed_b[kGemmDepth * kWide];
  const bool pack_a = g.a_row + g.a_depth > kFarApart && g.n > kWide;
  for (int p = 0; p < g.k; p += kGemmDepth) {
    const int depth = g.k - p < kGemmDepth ? g.k - p : kGemmDepth;
    const bool add = g.accumulate || p > 0, last = p + depth == g.k;
    for (int i = 0; i < g.m; i += kGemmRows) {
      const int rows = g.m - i < kGemmRows ? g.m - i : kGemmRows;
      const bool pack_b = std::ptrdiff_t{depth} * g.b_stride > 16 * kFarApart && rows >= 4 * kRows;
      GemmPanel panel{depth,
                      g.a + p * g.a_depth + i * g.a_row,
                      g.a_row,
                      g.a_depth,
                      kRows * g.a_row,
                      nullptr,
                      0,
                      add,
                      nullptr,
                      last && g.relu,
                      nullptr,
                      g.c_stride};
      if (pack_a) {
        gemm_pack_a<V>(rows, depth, panel.a, g.a_row, g.a_depth, packed_a);
        panel.a = packed_a, panel.a_row = 1, panel.a_depth = kRows, panel.a_tile = kRows * depth;
      }
      for (int j = 0; j < g.n;) {
        const bool wide = j + kWide <= g.n;
        panel.b = g.b + p * g.b_stride + j, panel.b_stride = g.b_stride;
        panel.bias = last && g.bias ? g.bias + j : nullptr;
        panel.c = g.c + i * g.c_stride + j;
        if (wide && pack_b) {
          for (int q = 0; q < depth; ++q)
            for (int v = 0; v < kWide; v += V::lanes)
              store<V>(packed_b + q * kWide + v, load<V>(panel.b + q * g.b_stride + v));
          panel.b = packed_b, panel.b_stride = kWide;
        }
        if (wide)
          gemm_panel<V, V::gemm_vectors>(rows, panel);
        else if (g.n - j >= V::lanes)
          gemm_panel<V, 1>(rows, panel);
        else
          gemm_narrow_panel<V>(rows, g.n - j, panel);
        j += wide ? kWide : V::lanes;
      }
    }
  }
}

/// By 4 x 4 squares in 128-bit vectors, which every set has and whose shuffles are one instruction each.
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
