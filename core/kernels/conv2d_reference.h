#pragma once
/// The definition of convolution in plain loops. It shares no code with the kernels that tests compare with
/// it, so it cannot share a mistake.

#include <vector>

#include "core/kernels/conv2d.h"

namespace cnn {

/// body(index in y, index in x, index in kernel) for every product of the convolution, without those with
/// padding.
template <class Body>
void conv2d_for_each_product(const Conv2DShape& s, bool depthwise, Body body) {
  const int multiplier = depthwise ? s.filters / s.channels : 1;
  for (int n = 0; n < s.batch; ++n)
    for (int i = 0; i < s.out_height; ++i)
      for (int j = 0; j < s.out_width; ++j)
        for (int u = 0; u < s.kernel_h; ++u)
          for (int v = 0; v < s.kernel_w; ++v) {
            const int p = i * s.stride_h + u - s.pad_top, q = j * s.stride_w + v - s.pad_left;
            if (p < 0 || p >= s.height || q < 0 || q >= s.width) continue;
            for (int c = 0; c < s.channels; ++c)
              for (int f = depthwise ? c * multiplier : 0; f < (depthwise ? (c + 1) * multiplier : s.filters);
                   ++f) {
                const long x = ((long{n} * s.height + p) * s.width + q) * s.channels + c;
                const long tap = long{u} * s.kernel_w + v;
                const long kernel = depthwise ? tap * s.filters + f : (tap * s.channels + c) * s.filters + f;
                const long y = ((long{n} * s.out_height + i) * s.out_width + j) * s.filters + f;
                body(static_cast<std::size_t>(y), static_cast<std::size_t>(x),
                     static_cast<std::size_t>(kernel));
              }
          }
}

}  // namespace cnn
