#include "core/layers/whitening.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cnn {
namespace {

/// Rotates rows and columns p and q of matrix, and rows p and q of vectors, so that matrix[p, q] becomes 0.
void rotate(std::vector<double>& matrix, std::vector<double>& vectors, std::size_t n, std::size_t p,
            std::size_t q) {
  const double off = matrix[p * n + q];
  if (off == 0) return;
  const double half = (matrix[q * n + q] - matrix[p * n + p]) / (2 * off);
  const double t = (half < 0 ? -1 : 1) / (std::fabs(half) + std::sqrt(half * half + 1));
  const double c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (std::size_t k = 0; k < n; ++k) {
    const double a = matrix[k * n + p], b = matrix[k * n + q];
    matrix[k * n + p] = c * a - s * b;
    matrix[k * n + q] = s * a + c * b;
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double a = matrix[p * n + k], b = matrix[q * n + k];
    matrix[p * n + k] = c * a - s * b;
    matrix[q * n + k] = s * a + c * b;
    const double u = vectors[p * n + k], v = vectors[q * n + k];
    vectors[p * n + k] = c * u - s * v;
    vectors[q * n + k] = s * u + c * v;
  }
}

}  // namespace

Eigen eigen(std::vector<double> matrix, std::size_t n) {
  std::vector<double> vectors(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;
  constexpr int most_sweeps = 50;  // convergence is quadratic; ten are rarely needed
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    double off = 0, diagonal = 0;
    for (std::size_t p = 0; p < n; ++p) {
      diagonal += matrix[p * n + p] * matrix[p * n + p];
      for (std::size_t q = p + 1; q < n; ++q) off += matrix[p * n + q] * matrix[p * n + q];
    }
    constexpr double rounding = 1e-30;  // the square of a relative size of 1e-15
    if (off <= rounding * diagonal) break;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) rotate(matrix, vectors, n, p, q);
    }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return matrix[a * n + a] > matrix[b * n + b]; });
  Eigen sorted;
  for (const std::size_t i : order) {
    sorted.values.push_back(matrix[i * n + i]);
    const auto row = vectors.begin() + static_cast<std::ptrdiff_t>(i * n);
    sorted.vectors.insert(sorted.vectors.end(), row, row + static_cast<std::ptrdiff_t>(n));
  }
  return sorted;
}

std::size_t patch_sums(Size2 window, int channels) {
  const auto d = static_cast<std::size_t>(window.height) * static_cast<std::size_t>(window.width) *
                 static_cast<std::size_t>(channels);
  return 1 + d * d;
}

void gather_patches(const Shape& x_shape, int batch, const float* x, Size2 window, std::span<double> sums) {
  const auto row_floats = static_cast<std::size_t>(x_shape[1]) * static_cast<std::size_t>(x_shape[2]);
  const auto run = static_cast<std::size_t>(window.width) * static_cast<std::size_t>(x_shape[2]);
  const std::size_t d = run * static_cast<std::size_t>(window.height);
  std::vector<double> patch(d);
  for (int image = 0; image < batch; ++image, x += count(x_shape)) {
    for (int i = 0; i + window.height <= x_shape[0]; ++i) {
      for (int j = 0; j + window.width <= x_shape[1]; ++j) {
        const float* corner =
            x + static_cast<std::size_t>(i) * row_floats + static_cast<std::size_t>(j * x_shape[2]);
        for (std::size_t u = 0; u < static_cast<std::size_t>(window.height); ++u) {
          std::copy_n(corner + u * row_floats, run, patch.begin() + static_cast<std::ptrdiff_t>(u * run));
        }
        sums[0] += 1;
        for (std::size_t a = 0; a < d; ++a) {
          for (std::size_t b = a; b < d; ++b) sums[1 + a * d + b] += patch[a] * patch[b];
        }
      }
    }
  }
}

void whitening_kernel(std::span<const double> sums, double epsilon, int filters, float* kernel) {
  if (sums[0] == 0) return;
  const auto d = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(sums.size() - 1))));
  std::vector<double> matrix(d * d);
  for (std::size_t a = 0; a < d; ++a) {
    for (std::size_t b = a; b < d; ++b) {
      matrix[a * d + b] = matrix[b * d + a] = sums[1 + a * d + b] / sums[0];
    }
  }
  const Eigen directions = eigen(std::move(matrix), d);
  const auto columns = static_cast<std::size_t>(filters), half = columns / 2;
  for (std::size_t f = 0; f < half; ++f) {
    const double scale = 1 / std::sqrt(std::max(directions.values[f], 0.0) + epsilon);
    for (std::size_t place = 0; place < d; ++place) {
      const auto weight = static_cast<float>(scale * directions.vectors[f * d + place]);
      kernel[place * columns + f] = weight;
      kernel[place * columns + half + f] = -weight;
    }
  }
}

}  // namespace cnn
