#pragma once
/// Shared by the convolution drivers: array sizes, operation counts, and the choice between Winograd and
/// direct convolution.

#include "core/kernels/conv2d.h"
#include "core/kernels/size.h"

namespace cnn {

/// A sum over the batch has at most this many pieces, independent of the threads.
inline constexpr int kBatchPieces = 8;

/// Floats of one input image, one output image and the kernel.
inline std::size_t in_size(const Conv2DShape& s) { return size(s.height) * size(s.width) * size(s.channels); }
inline std::size_t out_size(const Conv2DShape& s) {
  return size(s.out_height) * size(s.out_width) * size(s.filters);
}
inline std::size_t kernel_size(const Conv2DShape& s) {
  return size(s.kernel_h) * size(s.kernel_w) * size(s.channels) * size(s.filters);
}

inline double flops(const Conv2DShape& s) {
  return 2.0 * s.batch * static_cast<double>(s.out_height) * s.out_width *
         static_cast<double>(kernel_size(s));
}

/// Whether the shape is computed with Winograd's F(4x4, 3x3), else directly.
bool uses_winograd(const Conv2DShape&, ConvAlgorithm);

}  // namespace cnn
