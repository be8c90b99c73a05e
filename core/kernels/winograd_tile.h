#pragma once
/// The transforms of Winograd's minimal filtering for 3x3 kernels (Lavin and Gray 2015), for any vector type.
/// Contract: WinogradKernels in kernel_set.h.
///
/// F(m x m, 3 x 3) computes m x m outputs Y from an (m+2) x (m+2) window d of the input and a kernel g, with
/// (m+2)^2 multiplications instead of 9 m^2:
///   Y  = A^T [ (G g G^T) * (B^T d B) ] A
/// For m = 4 the points are 0, 1, -1, 2, -2, infinity. The kernel's gradient is the adjoint:
///   dg = G^T [ (B^T d B) * (A dY A^T) ] G
///
/// A map whose size is not a multiple of 4 ends with narrower tiles, which omit the last finite points: three
/// outputs omit -2, two also 2, one also -1. Their B^T has other factors, so that G, and thus the transformed
/// kernel, is the same for all tiles.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// G and its adjoint.
template <class V>
struct WinogradKernel {
  using F = typename V::F;
  static inline void kernel(const F* x, F* y) {  // G, 3 -> 6
    const F sixth = V::splat(1.0f / 6), outer = (x[0] + x[2]) * sixth, middle = x[1] * sixth;
    const F far_outer = x[0] * V::splat(1.0f / 24) + x[2] * sixth, far_middle = x[1] * V::splat(1.0f / 12);
    y[0] = x[0] * V::splat(0.25f);
    y[1] = -outer - middle;
    y[2] = middle - outer;
    y[3] = far_outer + far_middle;
    y[4] = far_outer - far_middle;
    y[5] = x[2];
  }
  static inline void kernel_gradient(const F* x, F* y) {  // G^T, 6 -> 3
    const F sixth = V::splat(1.0f / 6), near_sum = (x[1] + x[2]) * sixth, far_sum = x[3] + x[4];
    y[0] = x[0] * V::splat(0.25f) - near_sum + far_sum * V::splat(1.0f / 24);
    y[1] = (x[2] - x[1]) * sixth + (x[3] - x[4]) * V::splat(1.0f / 12);
    y[2] = far_sum * sixth - near_sum + x[5];
  }
};

/// The one-dimensional transforms for m outputs:
///   input     B^T, m + 2 -> points
///   output    A^T, points -> m
///   gradient  A,   m -> points
/// Each point has the same index for every m.
template <class V, int m>
struct Winograd;

/// Templates over V, too: see vector.h.
template <class V, int m>
struct WinogradPoints {
  static constexpr int outputs = m;
  static constexpr bool has(int point) { return point <= m || point == 5; }
};

template <class V>
struct Winograd<V, 4> : WinogradPoints<V, 4> {
  using F = typename V::F;
  static inline void input(const F* x, F* y) {
    const F four = V::splat(4);
    const F odd = x[3] - x[1], twice = odd + odd, even = x[4] - x[2];
    const F far_even = x[4] - four * x[2], far_odd = x[3] - four * x[1];
    y[0] = four * (x[0] - x[2]) + even;
    y[1] = far_even + far_odd;
    y[2] = far_even - far_odd;
    y[3] = even + twice;
    y[4] = even - twice;
    y[5] = (x[5] - x[3]) - (twice + twice);
  }
  static inline void output(const F* x, F* y) {
    const F near_sum = x[1] + x[2], near_difference = x[1] - x[2];
    const F far_sum = x[3] + x[4], far_difference = x[3] - x[4];
    y[0] = x[0] + near_sum + far_sum;
    y[1] = near_difference + (far_difference + far_difference);
    y[2] = near_sum + V::splat(4) * far_sum;
    y[3] = near_difference + V::splat(8) * far_difference + x[5];
  }
  static inline void gradient(const F* x, F* y) {
    const F even = x[0] + x[2], odd = x[1] + x[3];
    const F far_even = x[0] + V::splat(4) * x[2], half_odd = x[1] + V::splat(4) * x[3],
            far_odd = half_odd + half_odd;
    y[0] = x[0];
    y[1] = even + odd;
    y[2] = even - odd;
    y[3] = far_even + far_odd;
    y[4] = far_even - far_odd;
    y[5] = x[3];
  }
};

template <class V>
struct Winograd<V, 3> : WinogradPoints<V, 3> {
  using F = typename V::F;
  static inline void input(const F* x, F* y) {
    const F odd = x[3] - x[1], twice = odd + odd;
    y[0] = V::splat(4) * (x[0] - x[2]) + twice;
    y[1] = V::splat(3) * (odd - (x[1] + x[2]));
    y[2] = (x[1] + x[1]) + x[3] - V::splat(3) * x[2];
    y[3] = twice + twice;
    y[5] = (x[4] - x[2]) - twice;
  }
  static inline void output(const F* x, F* y) {
    const F sum = x[1] + x[2], twice = x[3] + x[3];
    y[0] = x[0] + sum + x[3];
    y[1] = (x[1] - x[2]) + twice;
    y[2] = sum + (twice + twice) + x[5];
  }
  static inline void gradient(const F* x, F* y) {
    const F even = x[0] + x[2], twice = x[1] + x[1];
    y[0] = x[0];
    y[1] = even + x[1];
    y[2] = even - x[1];
    y[3] = x[0] + twice + V::splat(4) * x[2];
    y[5] = x[2];
  }
};

template <class V>
struct Winograd<V, 2> : WinogradPoints<V, 2> {
  using F = typename V::F;
  static inline void input(const F* x, F* y) {
    const F three = V::splat(3);
    y[0] = V::splat(4) * (x[0] - x[2]);
    y[1] = -(three * (x[1] + x[2]));
    y[2] = three * (x[1] - x[2]);
    y[5] = x[3] - x[1];
  }
  static inline void output(const F* x, F* y) {
    y[0] = x[0] + x[1] + x[2];
    y[1] = (x[1] - x[2]) + x[5];
  }
  static inline void gradient(const F* x, F* y) {
    y[0] = x[0];
    y[1] = x[0] + x[1];
    y[2] = x[0] - x[1];
    y[5] = x[1];
  }
};

template <class V>
struct Winograd<V, 1> : WinogradPoints<V, 1> {
  using F = typename V::F;
  static inline void input(const F* x, F* y) {
    y[0] = V::splat(4) * (x[0] - x[1]);
    y[1] = V::splat(-6) * x[1];
    y[5] = x[2] - x[1];
  }
  static inline void output(const F* x, F* y) { y[0] = x[0] + x[1] + x[5]; }
  static inline void gradient(const F* x, F* y) { y[0] = y[1] = y[5] = x[0]; }
};

/// body(a Winograd<V, outputs>)
template <class V, class Body>
inline void with_winograd(int outputs, Body body) {
  switch (outputs) {
    case 4:
      return body(Winograd<V, 4>{});
    case 3:
      return body(Winograd<V, 3>{});
    case 2:
      return body(Winograd<V, 2>{});
    default:
      return body(Winograd<V, 1>{});
  }
}

/// The point after `point` in a tile with that many outputs.
template <class V>
inline int next_point(int point, int outputs) {
  return point == outputs ? 5 : point + 1;
}

/// Tiles of a run that are transformed together: one vector of each of their half-transformed columns fits
/// the L1 cache.
constexpr int kWinogradTilesAtOnce = 8;

/// Columns first: each column of the run is transformed once, even if two tiles share it.
template <class V>
void winograd_input(const WinogradRun& run, const float* const* rows, float* out) {
  using F = typename V::F;
  constexpr int kTiles = kWinogradTilesAtOnce;
  const int all = run.tiles + (run.tail > 0);
  for (int first = 0; first < all; first += kTiles) {
    const int tiles = all - first < kTiles ? all - first : kTiles;
    const int outputs = first + tiles <= run.tiles ? tiles * 4 : (tiles - 1) * 4 + run.tail;
    const int columns = outputs + 2, left = run.left + first * 4;
    for_each_vector<V>(run.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      F half[kWinogradTilesAtOnce * 4 + 2][6];
      with_winograd<V>(run.rows, [&](auto down) {
        for (int j = 0; j < columns; ++j) {
          const int column = left + j;
          if (column < 0 || column >= run.width) {
            for (int i = 0; i < 6; ++i) half[j][i] = F{};
            continue;
          }
          F x[6] = {};
          const std::ptrdiff_t at = std::ptrdiff_t{column} * run.channels + c;
#pragma GCC unroll 6
          for (int i = 0; i < down.outputs + 2; ++i) x[i] = get(rows[i] + at);
          down.input(x, half[j]);
        }
      });
      const auto across = [&](auto along, int tile) {
        const std::ptrdiff_t at = std::ptrdiff_t{first + tile} * run.channels + c;
        for (int i = 0; i < 6; i = next_point<V>(i, run.rows)) {
          F x[6], y[6];
#pragma GCC unroll 6
          for (int j = 0; j < along.outputs + 2; ++j) x[j] = half[tile * 4 + j][i];
          along.input(x, y);
          const std::ptrdiff_t* place = run.places + i * 6;
#pragma GCC unroll 6
          for (int j = 0; j < 6; ++j)
            if (along.has(j)) put(out + place[j] + at, y[j]);
        }
      };
      int tile = 0;
      for (; tile < tiles && first + tile < run.tiles; ++tile) across(Winograd<V, 4>{}, tile);
      if (tile < tiles) with_winograd<V>(run.tail, [&](auto along) { across(along, tile); });
    });
  }
}

/// body(the Winograd<V, m> along the row, tile) for the tiles of a run, the narrow one last.
template <class V, class Body>
inline void for_each_winograd_tile(const WinogradRun& run, Body body) {
  for (int tile = 0; tile < run.tiles; ++tile) body(Winograd<V, 4>{}, tile);
  if (run.tail > 0) with_winograd<V>(run.tail, [&](auto along) { body(along, run.tiles); });
}

template <class V>
void winograd_output(const WinogradRun& run, const float* in, const float* bias, bool relu, float* y) {
  using F = typename V::F;
  for_each_winograd_tile<V>(run, [&](auto along, int tile) {
    for_each_vector<V>(run.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const F offset = bias ? get(bias + c) : F{};
      const std::ptrdiff_t at = std::ptrdiff_t{tile} * run.channels + c;
      F half[4][6];  // by column
      for (int i = 0; i < 6; i = next_point<V>(i, run.rows)) {
        const std::ptrdiff_t* place = run.places + i * 6;
        F x[6], z[4];
#pragma GCC unroll 6
        for (int j = 0; j < 6; ++j)
          if (along.has(j)) x[j] = get(in + place[j] + at);
        along.output(x, z);
#pragma GCC unroll 4
        for (int j = 0; j < along.outputs; ++j) half[j][i] = z[j];
      }
      with_winograd<V>(run.rows, [&](auto down) {
        float* to = y + std::ptrdiff_t{run.left + tile * 4} * run.channels + c;
        for (int j = 0; j < along.outputs; ++j, to += run.channels) {
          F z[4];
          down.output(half[j], z);
#pragma GCC unroll 4
          for (int i = 0; i < down.outputs; ++i) {
            const F sum = z[i] + offset;
            put(to + std::ptrdiff_t{i} * run.width * run.channels, relu ? V::relu(sum) : sum);
          }
        }
      });
    });
  });
}

template <class V>
void winograd_gradient(const WinogradRun& run, const float* dy, float* out) {
  using F = typename V::F;
  for_each_winograd_tile<V>(run, [&](auto along, int tile) {
    for_each_vector<V>(run.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const float* from = dy + std::ptrdiff_t{run.left + tile * 4} * run.channels + c;
      F half[4][6];  // by column
      with_winograd<V>(run.rows, [&](auto down) {
        for (int j = 0; j < along.outputs; ++j, from += run.channels) {
          F x[4];
#pragma GCC unroll 4
          for (int i = 0; i < down.outputs; ++i)
            x[i] = get(from + std::ptrdiff_t{i} * run.width * run.channels);
          down.gradient(x, half[j]);
        }
      });
      const std::ptrdiff_t at = std::ptrdiff_t{tile} * run.channels + c;
      for (int i = 0; i < 6; i = next_point<V>(i, run.rows)) {
        F x[4], z[6];
#pragma GCC unroll 4
        for (int j = 0; j < along.outputs; ++j) x[j] = half[j][i];
        along.gradient(x, z);
        const std::ptrdiff_t* place = run.places + i * 6;
#pragma GCC unroll 6
        for (int j = 0; j < 6; ++j)
          if (along.has(j)) put(out + place[j] + at, z[j]);
      }
    });
  });
}

template <class V>
void winograd_kernel(std::ptrdiff_t count, const float* kernel, float* out) {
  using F = typename V::F;
  for_each_vector<V>(count, [&](std::ptrdiff_t c, auto get, auto put) {
    F half[6][3];
    for (int j = 0; j < 3; ++j) {
      F x[3], z[6];
      for (int i = 0; i < 3; ++i) x[i] = get(kernel + (i * 3 + j) * count + c);
      WinogradKernel<V>::kernel(x, z);
      for (int i = 0; i < 6; ++i) half[i][j] = z[i];
    }
    for (int i = 0; i < 6; ++i) {
      F z[6];
      WinogradKernel<V>::kernel(half[i], z);
      for (int j = 0; j < 6; ++j) put(out + (i * 6 + j) * count + c, z[j]);
    }
  });
}

template <class V>
void winograd_kernel_gradient(std::ptrdiff_t count, const float* in, float* dkernel) {
  using F = typename V::F;
  for_each_vector<V>(count, [&](std::ptrdiff_t c, auto get, auto put) {
    F half[3][6];
    for (int j = 0; j < 6; ++j) {
      F x[6], z[3];
      for (int i = 0; i < 6; ++i) x[i] = get(in + (i * 6 + j) * count + c);
      WinogradKernel<V>::kernel_gradient(x, z);
      for (int i = 0; i < 3; ++i) half[i][j] = z[i];
    }
    for (int i = 0; i < 3; ++i) {
      F z[3];
      WinogradKernel<V>::kernel_gradient(half[i], z);
      for (int j = 0; j < 3; ++j) {
        float* to = dkernel + (i * 3 + j) * count + c;
        put(to, get(to) + z[j]);
      }
    }
  });
}

template <class V>
constexpr WinogradKernels winograd_kernels() {
  return {winograd_kernel<V>, winograd_input<V>, winograd_output<V>, winograd_gradient<V>,
          winograd_kernel_gradient<V>};
}

}  // namespace cnn
