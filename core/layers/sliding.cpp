#include "core/layers/sliding.h"

#include "core/base/json.h"

namespace cnn {

Result<Shape> slide_over(const Shape& x, const Sliding& sliding, int channels, std::string_view window_name) {
  if (x.rank() != 3) {
    return Error{"bad_config",
                 "it needs a picture (height, width, channels), but its input is " + to_string(x)};
  }
  const int height = slide(x[0], sliding.window.height, sliding.stride.height, sliding.padding.rows()).count;
  const int width = slide(x[1], sliding.window.width, sliding.stride.width, sliding.padding.columns()).count;
  if (height <= 0 || width <= 0) {
    return Error{"bad_config", std::string(window_name) + " " + to_string(sliding.window) +
                                   " does not fit its input " + to_string(Size2{x[0], x[1]}) +
                                   "; use padding \"same\" or a smaller window"};
  }
  const auto begins_inside = [](int size, int count, int window, int stride, Padding::Sides sides) {
    return sides.same || (sides.before < window && (count - 1) * stride - sides.before < size);
  };
  if (!begins_inside(x[0], height, sliding.window.height, sliding.stride.height, sliding.padding.rows()) ||
      !begins_inside(x[1], width, sliding.window.width, sliding.stride.width, sliding.padding.columns())) {
    return Error{"bad_config", "padding " + sliding.padding.to_json().dump() + " leaves windows of " +
                                   std::string(window_name) + " " + to_string(sliding.window) +
                                   " without a cell of the input; use ZeroPadding2D for a wider border"};
  }
  return Shape{height, width, channels};
}

Reach reach_of(const Shape& x, const Sliding& sliding, Reach::Rule rule) {
  Reach reach;
  reach.window = sliding.window;
  reach.stride = sliding.stride;
  reach.before.height =
      slide(x[0], sliding.window.height, sliding.stride.height, sliding.padding.rows()).pad_before;
  reach.before.width =
      slide(x[1], sliding.window.width, sliding.stride.width, sliding.padding.columns()).pad_before;
  reach.rule = rule;
  return reach;
}

Conv2DShape conv2d_shape(int batch, const Shape& x, const Shape& y, const Sliding& sliding) {
  Conv2DShape s;
  s.batch = batch, s.height = x[0], s.width = x[1], s.channels = x[2];
  s.filters = y[2], s.kernel_h = sliding.window.height, s.kernel_w = sliding.window.width;
  s.stride_h = sliding.stride.height, s.stride_w = sliding.stride.width;
  s.pad_top = slide(x[0], s.kernel_h, s.stride_h, sliding.padding.rows()).pad_before;
  s.pad_left = slide(x[1], s.kernel_w, s.stride_w, sliding.padding.columns()).pad_before;
  s.out_height = y[0], s.out_width = y[1];
  return s;
}

Pool2DShape pool2d_shape(int batch, const Shape& x, const Shape& y, const Sliding& sliding) {
  Pool2DShape s;
  s.batch = batch, s.height = x[0], s.width = x[1], s.channels = x[2];
  s.pool_h = sliding.window.height, s.pool_w = sliding.window.width;
  s.stride_h = sliding.stride.height, s.stride_w = sliding.stride.width;
  s.pad_top = slide(x[0], s.pool_h, s.stride_h, sliding.padding.rows()).pad_before;
  s.pad_left = slide(x[1], s.pool_w, s.stride_w, sliding.padding.columns()).pad_before;
  s.out_height = y[0], s.out_width = y[1];
  return s;
}

}  // namespace cnn
