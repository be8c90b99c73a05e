#include "core/base/eigen.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/base/random.h"

namespace cnn::test {
namespace {

TEST_SUITE_BEGIN("base/eigen");

TEST_CASE("eigen: the vectors are orthonormal and rebuild the matrix") {
  constexpr std::size_t n = 12;
  RandomStream random(1, RandomPurpose::test);
  std::vector<double> matrix(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j)
      matrix[i * n + j] = matrix[j * n + i] = static_cast<double>(random.normal());
  }
  const Eigen found = eigen(matrix, n);
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) CHECK(found.values[i] <= found.values[i - 1]);
    for (std::size_t j = 0; j < n; ++j) {
      double dot = 0, rebuilt = 0;
      for (std::size_t k = 0; k < n; ++k) {
        dot += found.vectors[i * n + k] * found.vectors[j * n + k];
        rebuilt += found.values[k] * found.vectors[k * n + i] * found.vectors[k * n + j];
      }
      CHECK(std::fabs(dot - (i == j ? 1 : 0)) < 1e-12);
      CHECK(std::fabs(rebuilt - matrix[i * n + j]) < 1e-12);
    }
  }
  const Eigen plain = eigen({2, 0, 0, 5}, 2);
  CHECK(plain.values == std::vector<double>{5, 2});
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
