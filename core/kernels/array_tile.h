#pragma once
/// Passes over arrays and over the columns of matrices, for any vector type.
/// Contracts: elementwise.h, kernel_set.h.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// Thirteen chains and two constants fill the 15 registers that a WebAssembly engine leaves on x86-64. Fewer
/// chains would not hide the latency of a multiplication and an addition on three of four floating-point
/// ports: 128 bits reach 39 GFLOP/s with 8 chains, 48 with 12, 51 with 13.
template <class V>
double peak_rounds(int rounds, float* sink) {
  constexpr int kChains = 13;
  const auto factor = V::splat(0.999f), term = V::splat(0.001f);
  typename V::F chains[kChains];
#pragma GCC unroll 13
  for (int i = 0; i < kChains; ++i) chains[i] = V::splat(static_cast<float>(i));
  for (int round = 0; round < rounds; ++round)
#pragma GCC unroll 13
    for (int i = 0; i < kChains; ++i) chains[i] = V::mul_add(chains[i], factor, term);
  for (int i = 0; i < kChains; ++i) *sink += sum_lanes<V>(chains[i]);
  return 2.0 * kChains * V::lanes * rounds;
}

template <class V>
void add_range(std::size_t n, const float* a, const float* b, float* y) {
  for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) { put(y + i, get(a + i) + get(b + i)); });
}
template <class V>
void scale_range(std::size_t n, float factor, const float* x, float* y) {
  const auto f = V::splat(factor);
  for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) { put(y + i, f * get(x + i)); });
}
template <class V>
void axpy_range(std::size_t n, float factor, const float* x, float* y) {
  const auto f = V::splat(factor);
  for_each_vector<V>(
      n, [&](std::ptrdiff_t i, auto get, auto put) { put(y + i, V::mul_add(f, get(x + i), get(y + i))); });
}
template <class V>
void lerp_range(std::size_t n, float weight, const float* x, float* y) {
  const auto keep = V::splat(weight), take = V::splat(1 - weight);
  for_each_vector<V>(
      n, [&](std::ptrdiff_t i, auto get, auto put) { put(y + i, keep * get(y + i) + take * get(x + i)); });
}
/// Four chains of doubles hide the latency of the addition; the order of summation depends on n alone.
template <class V>
double sum_of_squares_range(std::size_t n, const float* x) {
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (std::size_t s = 0; s < 4; ++s)
      sums[s] += static_cast<double>(x[i + s]) * static_cast<double>(x[i + s]);
  for (; i < n; ++i) sums[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

template <class V>
inline typename V::U mix32(typename V::U x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}
template <class V>
void dropout_forward_range(const DropoutRule& rule, std::uint32_t first, std::size_t n, const float* x,
                           float* y, std::uint8_t* mask) {
  using U = typename V::U;
  using I = typename V::I;
  U number;
  for (int lane = 0; lane < V::lanes; ++lane) number[lane] = first + static_cast<std::uint32_t>(lane);
  for_each_vector<V>(n, [&, rule](std::ptrdiff_t i, auto get, auto put) {
    const U random = mix32<V>(mix32<V>(number ^ rule.key_xor) + rule.key_add);
    const I kept = (I)(random >= rule.threshold);
    const auto zero = V::splat(0);
    put(y + i, select<V>(kept, V::splat(rule.factor) * get(x + i), zero));
    store_bytes<V>(mask + i, kept & 1, static_cast<std::ptrdiff_t>(n) - i);
    number = number + static_cast<std::uint32_t>(V::lanes);
  });
}
template <class V>
void dropout_backward_range(float factor, std::size_t n, const float* dy, const std::uint8_t* mask,
                            float* dx) {
  const auto f = V::splat(factor), zero = V::splat(0);
  for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) {
    const typename V::I kept = load_bytes<V>(mask + i, static_cast<std::ptrdiff_t>(n) - i) != 0;
    put(dx + i, select<V>(kept, f * get(dy + i), zero));
  });
}

template <int kVectors>
struct VectorCount {
  static constexpr int vectors = kVectors;
};
/// body(first column, VectorCount, get, put): the sums of that many adjacent column vectors stay in
/// registers while the body loops over the rows. Several at once read each cache line once and hide the
/// addition's latency.
template <class V, class Body>
inline void for_each_columns(int channels, Body body) {
  constexpr int kVectors = 4, kWide = kVectors * V::lanes;
  const std::ptrdiff_t wide = channels / kWide * kWide;
  const auto get = [](const float* p) { return load<V>(p); };
  const auto put = [](float* p, typename V::F x) { store<V>(p, x); };
  for (std::ptrdiff_t c = 0; c < wide; c += kWide) body(c, VectorCount<kVectors>{}, get, put);
  for_each_vector<V>(channels - wide, [&](std::ptrdiff_t c, auto get_some, auto put_some) {
    body(wide + c, VectorCount<1>{}, get_some, put_some);
  });
}
template <class V>
void column_sums_block(int rows, int channels, const float* x, float* sums) {
  for_each_columns<V>(channels, [&](std::ptrdiff_t c, auto count, auto get, auto put) {
    typename V::F sum[count.vectors] = {};
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < count.vectors; ++v)
        sum[v] = sum[v] + get(x + std::ptrdiff_t{r} * channels + c + v * V::lanes);
#pragma GCC unroll 4
    for (int v = 0; v < count.vectors; ++v) put(sums + c + v * V::lanes, sum[v]);
  });
}
template <class V>
void column_squares_block(int rows, int channels, const float* x, const float* mean, float* sums) {
  for_each_columns<V>(channels, [&](std::ptrdiff_t c, auto count, auto get, auto put) {
    typename V::F sum[count.vectors] = {}, middle[count.vectors];
#pragma GCC unroll 4
    for (int v = 0; v < count.vectors; ++v) middle[v] = get(mean + c + v * V::lanes);
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < count.vectors; ++v) {
        const auto d = get(x + std::ptrdiff_t{r} * channels + c + v * V::lanes) - middle[v];
        sum[v] = V::mul_add(d, d, sum[v]);
      }
#pragma GCC unroll 4
    for (int v = 0; v < count.vectors; ++v) put(sums + c + v * V::lanes, sum[v]);
  });
}
template <class V>
void column_dots_block(int rows, int channels, const float* x, const float* mean, const float* dy, float* dot,
                       float* sum) {
  for_each_columns<V>(channels, [&](std::ptrdiff_t c, auto count, auto get, auto put) {
    typename V::F dots[count.vectors] = {}, sums[count.vectors] = {}, middle[count.vectors];
#pragma GCC unroll 4
    for (int v = 0; v < count.vectors; ++v) middle[v] = get(mean + c + v * V::lanes);
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < count.vectors; ++v) {
        const std::ptrdiff_t at = std::ptrdiff_t{r} * channels + c + v * V::lanes;
        const auto g = get(dy + at);
        dots[v] = V::mul_add(get(x + at) - middle[v], g, dots[v]);
        sums[v] = sums[v] + g;
      }
#pragma GCC unroll 4
    for (int v = 0; v < count.vectors; ++v) {
      put(dot + c + v * V::lanes, dots[v]);
      put(sum + c + v * V::lanes, sums[v]);
    }
  });
}
template <class V>
void column_normalize_block(int rows, int channels, const float* x, const float* mean, const float* factor,
                            const float* offset, float* y) {
  for (int r = 0; r < rows; ++r, x += channels, y += channels)
    for_each_vector<V>(channels, [&](std::ptrdiff_t c, auto get, auto put) {
      put(y + c, V::mul_add(get(x + c) - get(mean + c), get(factor + c), get(offset + c)));
    });
}
template <class V>
void column_blend_block(int rows, int channels, const ColumnBlend& blend, const float* dy, const float* x,
                        float* dx) {
  const float *a = blend.a, *mean = blend.mean, *b = blend.b, *constant = blend.c;
  for (int r = 0; r < rows; ++r, dy += channels, x += channels, dx += channels)
    for_each_vector<V>(channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const auto rest = V::mul_add(get(x + c) - get(mean + c), get(b + c), get(constant + c));
      put(dx + c, V::mul_add(get(dy + c), get(a + c), rest));
    });
}

}  // namespace cnn
