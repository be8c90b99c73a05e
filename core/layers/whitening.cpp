#include "core/layers/whitening.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/eigen.h"

namespace cnn {

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
