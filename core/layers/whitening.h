#pragma once
/// core/layers/whitening.h: kernels that whiten the pictures' patches: what a first layer would otherwise
/// have to learn (Tramel's and Jordan's CIFAR-10 recipes; arXiv 2404.00498).
#include <span>
#include <vector>

#include "core/base/shape.h"

namespace cnn {

/// Numbers that gather_patches fills for windows of that size: the number of patches, then the sums of the
/// products of each two of their D = height * width * channels numbers.
std::size_t patch_sums(Size2 window, int channels);
/// Adds every patch of x [batch, H, W, C] (stride 1, inside the picture) to sums.
void gather_patches(const Shape& x_shape, int batch, const float* x, Size2 window, std::span<double> sums);
/// kernel [kh, kw, C, filters]: filter f is the patches' f-th principal direction v, by falling eigenvalue of
/// E[p p^T] (no mean is taken off, as in the paper), over sqrt(eigenvalue + epsilon), and filter filters/2 +
/// f is its negative. filters is even and at most 2 D. No patches: the kernel stays as it is.
void whitening_kernel(std::span<const double> sums, double epsilon, int filters, float* kernel);

/// Eigenvalues, falling, and the unit eigenvectors in rows, of a symmetric matrix [n, n]: Jacobi's rotations,
/// until nothing is left off the diagonal.
struct Eigen {
  std::vector<double> values, vectors;
};
Eigen eigen(std::vector<double> matrix, std::size_t n);

}  // namespace cnn
