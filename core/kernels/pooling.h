#pragma once
/// Pooling over windows: maximum, mean, sum. Channels last.

#include <cstdint>

namespace cnn {

class Exec;

/// x [batch, height, width, channels] -> y [batch, out_height, out_width, channels]. The window of
/// y[n,i,j,c] covers those rows i*stride_h - pad_top + (0 .. pool_h-1) that are inside the input, and
/// columns likewise. Every window has at least one cell inside.
struct Pool2DShape {
  int batch = 0, height = 0, width = 0, channels = 0;
  int pool_h = 0, pool_w = 0, stride_h = 1, stride_w = 1, pad_top = 0, pad_left = 0;
  int out_height = 0, out_width = 0;
};

/// y = the largest cell; winners, of y's shape, is its index u*pool_w + v in the window, so windows are at
/// most 16 x 16. A tie goes to the first cell in row order. NaN wins, so that it does not go unnoticed.
/// winners may be null.
void max_pooling2d_forward(Exec&, const Pool2DShape&, const float* x, float* y, std::uint8_t* winners);
/// dx = sum of dy over the windows that each cell won.
void max_pooling2d_backward(Exec&, const Pool2DShape&, const float* dy, const std::uint8_t* winners,
                            float* dx);
/// The same for windows of any size: finds the winners in x again.
void max_pooling2d_backward(Exec&, const Pool2DShape&, const float* x, const float* dy, float* dx);

/// average divides by the number of cells inside the input, as Keras does.
enum class PoolMean { average, sum };
void mean_pooling2d_forward(Exec&, const Pool2DShape&, PoolMean, const float* x, float* y);
void mean_pooling2d_backward(Exec&, const Pool2DShape&, PoolMean, const float* dy, float* dx);

}  // namespace cnn
