#pragma once
// Winograd's minimal filtering for 3x3 kernels (Lavin and Gray 2015), the transforms, for any vector type.
// Contract: WinogradKernels in core/kernels/kernel_set.h. F(m x m, 3 x 3) makes m x m outputs from an (m+2) x
// (m+2) window with (m+2)^2 multiplications instead of 9 m^2:   Y = A^T [ (G g G^T) * (B^T d B) ] A,   points
// 0, 1, -1, (2, -2,) infinity. The gradient of the kernel is the adjoint of that formula:   dg = G^T [ (B^T d
// B) * (A dY A^T) ] G.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// The one-dimensional transforms for m outputs; each reads an array of vectors and writes another.
template <class V, int m>
struct Winograd;

template <class V>
struct Winograd<V, 2> {
  using F = typename V::F;
  static inline void input(const F* x, F* y) {  // B^T, 4 -> 4
    y[0] = x[0] - x[2];
    y[1] = x[1] + x[2];
    y[2] = x[2] - x[1];
    y[3] = x[1] - x[3];
  }
  static inline void output(const F* x, F* y) {  // A^T, 4 -> 2
    y[0] = x[0] + x[1] + x[2];
    y[1] = x[1] - x[2] - x[3];
  }
  static inline void gradient(const F* x, F* y) {  // A, 2 -> 4
    y[0] = x[0];
    y[1] = x[0] + x[1];
    y[2] = x[0] - x[1];
    y[3] = -x[1];
  }
  static inline void kernel(const F* x, F* y) {  // G, 3 -> 4
    const F half = V::splat(0.5f), outer = x[0] + x[2];
    y[0] = x[0];
    y[1] = half * (outer + x[1]);
    y[2] = half * (outer - x[1]);
    y[3] = x[2];
  }
  static inline void kernel_gradient(const F* x, F* y) {  // G^T, 4 -> 3
    const F half = V::splat(0.5f), sum = half * (x[1] + x[2]);
    y[0] = x[0] + sum;
    y[1] = half * (x[1] - x[2]);
    y[2] = sum + x[3];
  }
};

template <class V>
struct Winograd<V, 4> {
  using F = typename V::F;
  static inline void input(const F* x, F* y) {  // B^T, 6 -> 6
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
  static inline void output(const F* x, F* y) {  // A^T, 6 -> 4
    const F near_sum = x[1] + x[2], near_difference = x[1] - x[2];
    const F far_sum = x[3] + x[4], far_difference = x[3] - x[4];
    y[0] = x[0] + near_sum + far_sum;
    y[1] = near_difference + (far_difference + far_difference);
    y[2] = near_sum + V::splat(4) * far_sum;
    y[3] = near_difference + V::splat(8) * far_difference + x[5];
  }
  static inline void gradient(const F* x, F* y) {  // A, 4 -> 6
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

/// Of a run, so that a vector of all their columns, half transformed, stays in the first cache.
constexpr int kWinogradTilesAtOnce = 8;

/// Columns first: each column of the run is transformed once, also where tiles share it.
template <class V, int m, int n = m + 2>
void winograd_input(const WinogradRun& run, const float* const* rows, float* out) {
  using F = typename V::F;
  constexpr int kTiles = kWinogradTilesAtOnce;
  for (int first = 0; first < run.tiles; first += kTiles) {
    const int tiles = run.tiles - first < kTiles ? run.tiles - first : kTiles;
    const int columns = tiles * m + 2, left = run.left + first * m;
    for_each_vector<V>(run.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      F half[kWinogradTilesAtOnce * m + 2][n];
      for (int j = 0; j < columns; ++j) {
        const int column = left + j;
        if (column < 0 || column >= run.width) {
          for (int i = 0; i < n; ++i) half[j][i] = F{};
          continue;
        }
        F x[n];
        const std::ptrdiff_t at = std::ptrdiff_t{column} * run.channels + c;
#pragma GCC unroll 6
        for (int i = 0; i < n; ++i) x[i] = get(rows[i] + at);
        Winograd<V, m>::input(x, half[j]);
      }
      float* to = out + std::ptrdiff_t{first} * run.channels + c;
      for (int tile = 0; tile < tiles; ++tile, to += run.channels) {
        float* point = to;
        for (int i = 0; i < n; ++i) {
          F x[n], y[n];
#pragma GCC unroll 6
          for (int j = 0; j < n; ++j) x[j] = half[tile * m + j][i];
          Winograd<V, m>::input(x, y);
#pragma GCC unroll 6
          for (int j = 0; j < n; ++j, point += run.point_stride) put(point, y[j]);
        }
      }
    });
  }
}

/// The part of a tile that is inside the picture, `rows` x `columns`, from or to y.
template <class V, int m, int n = m + 2>
void winograd_output(const WinogradRun& run, int rows, const float* in, const float* bias, bool relu,
                     float* y) {
  using F = typename V::F;
  for (int tile = 0; tile < run.tiles; ++tile) {
    const int left = run.left + tile * m, columns = run.width - left < m ? run.width - left : m;
    for_each_vector<V>(run.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const F offset = bias ? get(bias + c) : F{};
      const float* point = in + std::ptrdiff_t{tile} * run.channels + c;
      F half[m][n];
      for (int j = 0; j < n; ++j) {
        F x[n], z[m];
#pragma GCC unroll 6
        for (int i = 0; i < n; ++i) x[i] = get(point + (i * n + j) * run.point_stride);
        Winograd<V, m>::output(x, z);
#pragma GCC unroll 4
        for (int i = 0; i < m; ++i) half[i][j] = z[i];
      }
      float* to = y + std::ptrdiff_t{left} * run.channels + c;
      for (int i = 0; i < rows; ++i, to += std::ptrdiff_t{run.width} * run.channels) {
        F z[m];
        Winograd<V, m>::output(half[i], z);
#pragma GCC unroll 4
        for (int j = 0; j < m; ++j)
          if (j < columns) {
            const F sum = z[j] + offset;
            put(to + std::ptrdiff_t{j} * run.channels, relu ? V::relu(sum) : sum);
          }
      }
    });
  }
}

template <class V, int m, int n = m + 2>
void winograd_gradient(const WinogradRun& run, int rows, const float* dy, float* out) {
  using F = typename V::F;
  for (int tile = 0; tile < run.tiles; ++tile) {
    const int left = run.left + tile * m, columns = run.width - left < m ? run.width - left : m;
    for_each_vector<V>(run.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const float* from = dy + std::ptrdiff_t{left} * run.channels + c;
      F half[n][m];
      for (int j = 0; j < m; ++j) {
        F x[m], z[n];
#pragma GCC unroll 4
        for (int i = 0; i < m; ++i)
          x[i] =
              i < rows && j < columns ? get(from + (std::ptrdiff_t{i} * run.width + j) * run.channels) : F{};
        Winograd<V, m>::gradient(x, z);
#pragma GCC unroll 6
        for (int i = 0; i < n; ++i) half[i][j] = z[i];
      }
      float* point = out + std::ptrdiff_t{tile} * run.channels + c;
      for (int i = 0; i < n; ++i) {
        F z[n];
        Winograd<V, m>::gradient(half[i], z);
#pragma GCC unroll 6
        for (int j = 0; j < n; ++j, point += run.point_stride) put(point, z[j]);
      }
    });
  }
}

template <class V, int m, int n = m + 2>
void winograd_kernel(std::ptrdiff_t count, const float* kernel, float* out) {
  using F = typename V::F;
  for_each_vector<V>(count, [&](std::ptrdiff_t c, auto get, auto put) {
    F half[n][3];
    for (int j = 0; j < 3; ++j) {
      F x[3], z[n];
      for (int i = 0; i < 3; ++i) x[i] = get(kernel + (i * 3 + j) * count + c);
      Winograd<V, m>::kernel(x, z);
      for (int i = 0; i < n; ++i) half[i][j] = z[i];
    }
    for (int i = 0; i < n; ++i) {
      F z[n];
      Winograd<V, m>::kernel(half[i], z);
      for (int j = 0; j < n; ++j) put(out + (i * n + j) * count + c, z[j]);
    }
  });
}

template <class V, int m, int n = m + 2>
void winograd_kernel_gradient(std::ptrdiff_t count, const float* in, float* dkernel) {
  using F = typename V::F;
  for_each_vector<V>(count, [&](std::ptrdiff_t c, auto get, auto put) {
    F half[3][n];
    for (int j = 0; j < n; ++j) {
      F x[n], z[3];
      for (int i = 0; i < n; ++i) x[i] = get(in + (i * n + j) * count + c);
      Winograd<V, m>::kernel_gradient(x, z);
      for (int i = 0; i < 3; ++i) half[i][j] = z[i];
    }
    for (int i = 0; i < 3; ++i) {
      F z[3];
      Winograd<V, m>::kernel_gradient(half[i], z);
      for (int j = 0; j < 3; ++j) {
        float* to = dkernel + (i * 3 + j) * count + c;
        put(to, get(to) + z[j]);
      }
    }
  });
}

template <class V, int m>
constexpr WinogradKernels winograd_kernels() {
  return {winograd_kernel<V, m>, winograd_input<V, m>, winograd_output<V, m>, winograd_gradient<V, m>,
          winograd_kernel_gradient<V, m>};
}

}  // namespace cnn
