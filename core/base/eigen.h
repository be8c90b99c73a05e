#pragma once
/// Eigenvalues and eigenvectors of a symmetric matrix.

#include <cstddef>
#include <vector>

namespace cnn {

/// Decreasing eigenvalues and, in rows, the unit eigenvectors of a symmetric matrix [n, n], by Jacobi
/// rotations until everything off the diagonal vanishes.
struct Eigen {
  std::vector<double> values, vectors;
};
Eigen eigen(std::vector<double> matrix, std::size_t n);

}  // namespace cnn
