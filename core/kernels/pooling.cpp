#include "core/kernels/pooling.h"

#include <algorithm>

#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/run/exec.h"

namespace cnn {
namespace {
/// The row of windows that produces output row i, and its first input row.
struct Row {
  WindowRow window;
  int input_row;
  Row(const Pool2DShape& s, int i) {
    const int top = i * s.stride_h - s.pad_top;
    const int begin = std::max(0, -top), end = std::min(s.pool_h, s.height - top);
    window = {.width = s.width,
              .channels = s.channels,
              .rows = end - begin,
              .first_row = begin,
              .window_h = s.pool_h,
              .window_w = s.pool_w,
              .stride_w = s.stride_w,
              .pad_left = s.pad_left,
              .out_width = s.out_width};
    input_row = top + begin;
  }
};

/// body(row, offset of its first input row, offset of its output row, whether it is the image's first row,
/// offset of the input image), image by image.
template <class Body>
void for_each_row(Exec& exec, const Pool2DShape& s, Body body) {
  const std::size_t in_row = size(s.width) * size(s.channels);
  const std::size_t out_row = size(s.out_width) * size(s.channels);
  exec.count_flops(static_cast<double>(s.batch) * s.out_height * static_cast<double>(out_row) * s.pool_h *
                   s.pool_w);
  exec.pool().parallel_for(s.batch, [&](int image, int) {
    for (int i = 0; i < s.out_height; ++i) {
      const Row row(s, i);
      const std::size_t in = size(image) * size(s.height);
      const std::size_t out = size(image) * size(s.out_height);
      body(row.window, (in + size(row.input_row)) * in_row, (out + size(i)) * out_row, i == 0, in * in_row);
    }
  });
}

std::size_t image_size(const Pool2DShape& s) { return size(s.height) * size(s.width) * size(s.channels); }
}  // namespace

void max_pooling2d_forward(Exec& exec, const Pool2DShape& s, const float* x, float* y,
                           std::uint8_t* winners) {
  for_each_row(exec, s, [&](const WindowRow& row, std::size_t in, std::size_t out, bool, std::size_t) {
    exec.kernels().max_pool_row(row, x + in, y + out, winners ? winners + out : winners);
  });
}

void max_pooling2d_backward(Exec& exec, const Pool2DShape& s, const float* dy, const std::uint8_t* winners,
                            float* dx) {
  const bool overlap = s.stride_h < s.pool_h || s.stride_w < s.pool_w;
  // Where the windows tile the image, every cell is written once, so dx needs no zeroing.
  const bool tiled = s.stride_h == s.pool_h && s.stride_w == s.pool_w &&
                     s.out_height * s.pool_h - s.pad_top >= s.height &&
                     s.out_width * s.pool_w - s.pad_left >= s.width;
  for_each_row(exec, s,
               [&](const WindowRow& row, std::size_t in, std::size_t out, bool first, std::size_t image) {
                 if (first && !tiled) std::fill_n(dx + image, image_size(s), 0.0f);
                 exec.kernels().max_pool_row_backward(row, overlap, dy + out, winners + out, dx + in);
               });
}

void max_pooling2d_backward(Exec& exec, const Pool2DShape& s, const float* x, const float* dy, float* dx) {
  const std::size_t channels = size(s.channels);
  exec.pool().parallel_for(s.batch, [&](int image, int) {
    const float* in = x + size(image) * image_size(s);
    float* d_in = dx + size(image) * image_size(s);
    const float* d_out = dy + size(image) * size(s.out_height) * size(s.out_width) * channels;
    std::fill_n(d_in, image_size(s), 0.0f);
    for (int i = 0; i < s.out_height; ++i) {
      for (int j = 0; j < s.out_width; ++j, d_out += channels) {
        const int top = i * s.stride_h - s.pad_top, left = j * s.stride_w - s.pad_left;
        for (std::size_t c = 0; c < channels; ++c) {
          bool found = false;
          std::size_t winner = 0;
          for (int u = std::max(0, top); u < std::min(s.height, top + s.pool_h); ++u) {
            for (int v = std::max(0, left); v < std::min(s.width, left + s.pool_w); ++v) {
              const std::size_t cell = (size(u) * size(s.width) + size(v)) * channels + c;
              if (!found || in[cell] > in[winner] || (in[cell] != in[cell] && in[winner] == in[winner]))
                winner = cell;
              found = true;
            }
          }
          d_in[winner] += d_out[c];
        }
      }
    }
  });
}

void mean_pooling2d_forward(Exec& exec, const Pool2DShape& s, PoolMean mean, const float* x, float* y) {
  for_each_row(exec, s, [&](const WindowRow& row, std::size_t in, std::size_t out, bool, std::size_t) {
    exec.kernels().mean_pool_row(row, mean == PoolMean::average, x + in, y + out);
  });
}

void mean_pooling2d_backward(Exec& exec, const Pool2DShape& s, PoolMean mean, const float* dy, float* dx) {
  for_each_row(exec, s,
               [&](const WindowRow& row, std::size_t in, std::size_t out, bool first, std::size_t image) {
                 if (first) std::fill_n(dx + image, image_size(s), 0.0f);
                 exec.kernels().mean_pool_row_backward(row, mean == PoolMean::average, dy + out, dx + in);
               });
}

}  // namespace cnn
