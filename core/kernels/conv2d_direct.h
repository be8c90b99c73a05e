#pragma once
/// Convolution as products of im2col rows, built and used one cache-sized piece at a time. Any shape; serial,
/// one image.

#include "core/kernels/conv2d.h"
#include "core/kernels/kernel_set.h"

namespace cnn {

/// Floats of scratch that each function below needs.
std::size_t conv2d_direct_scratch(const Conv2DShape&);

struct Conv2DRows {
  int first, count;  // of the output
};
struct Conv2DFilters {
  const float* kernel;
  const float* bias;
  Fused fused;
};
void conv2d_direct_forward(const KernelSet&, const Conv2DShape&, Conv2DRows, const float* x,
                           const Conv2DFilters&, float* y, float* scratch);
/// kernel_transposed [filters, kernel_h*kernel_w*channels]; dx =
void conv2d_direct_input_gradient(const KernelSet&, const Conv2DShape&, const float* dy,
                                  const float* kernel_transposed, float* dx, float* scratch);
/// dkernel +=
void conv2d_direct_kernel_gradient(const KernelSet&, const Conv2DShape&, const float* x, const float* dy,
                                   float* dkernel, float* scratch);

}  // namespace cnn
