#include "core/base/eigen.h"

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

}  // namespace cnn
