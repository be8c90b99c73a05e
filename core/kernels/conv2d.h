#pragma once
/// Two-dimensional convolution (cross-correlation, as in every CNN library) and its gradients. Channels last.

#include <span>
#include <string_view>

#include "core/kernels/gemm.h"

namespace cnn {

class Exec;

/// x [batch, height, width, channels] -> y [batch, out_height, out_width, filters]
///   y[n,i,j,f] = bias[f] + sum over u,v,c of  x[n, i*stride_h + u - pad_top, j*stride_w + v - pad_left, c]
///                                             * kernel[u,v,c,f]
/// kernel [kernel_h, kernel_w, channels, filters]. Cells outside the input are 0, so pad_bottom and pad_right
/// follow from the output size. All sizes >= 1 (batch >= 0), pads >= 0; no pointer needs alignment; outputs
/// overlap nothing. Depthwise: filters = channels * M, kernel [kernel_h, kernel_w, channels, M], and filter
/// c*M + m reads channel c only.
struct Conv2DShape {
  int batch = 0, height = 0, width = 0, channels = 0;
  int filters = 0, kernel_h = 0, kernel_w = 0;
  int stride_h = 1, stride_w = 1, pad_top = 0, pad_left = 0;
  int out_height = 0, out_width = 0;
};

/// How a convolution is computed. `automatic` chooses by shape and, for gradients, by the share of zeros in
/// dy. It never depends on threads or time, so a seed repeats. The others are for tests and benchmarks;
/// where one does not fit the shape, `direct` is used.
///   direct     products of im2col rows, built one cache-sized piece at a time
///   winograd   F(4x4,3x3), with narrower tiles at the edge of the map; 3x3 kernels of stride 1 only
///   sparse     gradients only: skips the zeros of dy that max pooling, dropout and relu leave. An image with
///              more than 5 nonzero numbers in 32 is computed as `automatic` does without sparse.
enum class ConvAlgorithm { automatic, direct, winograd, sparse };
std::span<const ConvAlgorithm> conv_algorithms();
std::string_view name_of(ConvAlgorithm);

/// y as above, then `fused`; bias may be null.
void conv2d_forward(Exec&, const Conv2DShape&, const float* x, const float* kernel, const float* bias, Fused,
                    float* y, ConvAlgorithm = ConvAlgorithm::automatic);

/// All gradients of one convolution in one call, so that they share work. A null output is not computed. With
/// `y`, the output of a fused relu, dy counts only where y > 0, so dy needs no separate masking pass.
struct Conv2DBackward {
  const float* x = nullptr;
  const float* kernel = nullptr;
  const float* dy = nullptr;
  const float* y = nullptr;
  float* dx = nullptr;       ///< =
  float* dkernel = nullptr;  ///< +=; the batch is summed in at most 8 pieces, in order
  float* dbias = nullptr;    ///< +=
};
void conv2d_backward(Exec&, const Conv2DShape&, const Conv2DBackward&,
                     ConvAlgorithm = ConvAlgorithm::automatic);

/// The same for depthwise convolution.
void depthwise_conv2d_forward(Exec&, const Conv2DShape&, const float* x, const float* kernel,
                              const float* bias, Fused, float* y);
void depthwise_conv2d_backward(Exec&, const Conv2DShape&, const Conv2DBackward&);

}  // namespace cnn
