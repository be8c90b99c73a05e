#pragma once
/// A window that slides over a picture, as in convolutions and poolings.
#include <string_view>

#include "core/base/result.h"
#include "core/base/shape.h"
#include "core/kernels/conv2d.h"
#include "core/kernels/pooling.h"
#include "core/layers/layer.h"

namespace cnn {

struct Sliding {
  Size2 window, stride;
  Padding padding = Padding::valid;
};

/// x [H, W, C] -> [H', W', channels].
///   valid   H' = floor((H - window) / stride) + 1
///   same    H' = ceil(H / stride); an odd cell of padding goes below and right
///   sides   H' = floor((top + H + bottom - window) / stride) + 1; every window has a cell inside
/// `window_name` is the field that the error names when the window does not fit.
Result<Shape> slide_over(const Shape& x, const Sliding&, int channels, std::string_view window_name);

Reach reach_of(const Shape& x, const Sliding&, Reach::Rule);

/// The same as the kernels' arguments; y must be the shape that slide_over returns for x.
Conv2DShape conv2d_shape(int batch, const Shape& x, const Shape& y, const Sliding&);
Pool2DShape pool2d_shape(int batch, const Shape& x, const Shape& y, const Sliding&);

}  // namespace cnn
