#pragma once
// Two-dimensional convolution (cross-correlation, as every CNN library has it) and its gradients. Channels
// last.

#include <span>
#include <string_view>

#include "core/kernels/gemm.h"

namespace cnn {

class Exec;

/// x [batch, height, width, channels] -> y [batch, out_height, out_width, filters]
///   y[n,i,j,f] = bias[f] + sum over u,v,c of x[n, i*stride_h + u - pad_top, j*stride_w + v - pad_left, c] *
///   kernel[u,v,c,f]
/// kernel [kernel_h, kernel_w, channels, filters]. Cells outside the input are 0, so pad_bottom and pad_right
/// follow from the output size. All sizes >= 1 (batch >= 0), pads >= 0; no pointer needs alignment; outputs
/// overlap nothing. Depthwise: filters = channels * M, kernel [kernel_h, kernel_w, channels, M], and filter
/// c*M + m sees channel c only.
struct Conv2DShape {
  int batch = 0, height = 0, width = 0, channels = 0;
  int filters = 0, kernel_h = 0, kernel_w = 0;
  int stride_h = 1, stride_w = 1, pad_top = 0, pad_left = 0;
  int out_height = 0, out_width = 0;
};

/// How a convolution is computed. `automatic` follows from the shape (and, for gradients, from how many of
/// dy's numbers are zero), never from threads or time, so a seed repeats. The others are for tests and
/// benchmarks; where one does not fit the shape, `direct` takes its place.
///   direct     products of im2col rows made a cache-sized piece at a time
///   winograd   F(4x4,3x3), and narrower tiles where the map ends: 3x3 kernels of stride 1 only
///   sparse     gradients only: skips the zeros of dy, which max pooling, dropout and relu leave. An image
///              of which more than 5 in 32 numbers stay is computed as `automatic` would without this.
enum class ConvAlgorithm { automatic, direct, winograd, sparse };
std::span<const ConvAlgorithm> conv_algorithms();
std::string_view name_of(ConvAlgorithm);

/// y = as above, then `fused`; bias may be null.
void conv2d_forward(Exec&, const Conv2DShape&, const float* x, const float* kernel, const float* bias, Fused,
                    float* y, ConvAlgorithm = ConvAlgorithm::automatic);

/// All gradients of one convolution in one call, which shares what they have in common. Null outputs are not
/// wanted. With `y`, the output of a fused relu, dy counts only where y > 0: no pass over dy is needed
/// before.
struct Conv2DBackward {
  const float* x = nullptr;
  const float* kernel = nullptr;
  const float* dy = nullptr;
  const float* y = nullptr;
  float* dx = nullptr;       ///< =
  float* dkernel = nullptr;  ///< +=; the batch is summed in at most 8 pieces of images, in order
  float* dbias = nullptr;    ///< +=
};
void conv2d_backward(Exec&, const Conv2DShape&, const Conv2DBackward&,
                     ConvAlgorithm = ConvAlgorithm::automatic);

/// The same for depthwise convolution.
void depthwise_conv2d_forward(Exec&, const Conv2DShape&, const float* x, const float* kernel,
                              const float* bias, Fused, float* y);
void depthwise_conv2d_backward(Exec&, const Conv2DShape&, const Conv2DBackward&);

}  // namespace cnn
