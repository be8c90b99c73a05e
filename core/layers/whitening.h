#pragma once
/// Kernels that whiten the patches of the pictures, which a first layer would otherwise have to learn
/// (Tramel's and Jordan's CIFAR-10 recipes; arXiv 2404.00498).
#include <span>

#include "core/base/shape.h"

namespace cnn {

/// Length of the array that gather_patches adds to: the number of patches, then the matrix [D, D] of the sums
/// of p[a] * p[b] over all patches p, D = height * width * channels.
std::size_t patch_sums(Size2 window, int channels);
/// Adds every patch of x [batch, H, W, C] (stride 1, inside the picture) to sums; of the matrix it fills the
/// upper triangle only.
void gather_patches(const Shape& x_shape, int batch, const float* x, Size2 window, std::span<double> sums);
/// Fills kernel [kh, kw, C, filters] with the principal directions of the patches: the eigenvectors of
/// E[p p^T] by decreasing eigenvalue (the mean is not subtracted, as in the paper).
///   filter f             = eigenvector[f] / sqrt(eigenvalue[f] + epsilon)
///   filter filters/2 + f = -filter f
/// filters must be even and at most 2 D. Without patches the kernel stays unchanged.
void whitening_kernel(std::span<const double> sums, double epsilon, int filters, float* kernel);

}  // namespace cnn
