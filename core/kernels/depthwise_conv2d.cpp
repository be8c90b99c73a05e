#include <algorithm>

#include "core/kernels/conv2d_plan.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
/// body(row of windows, offset of its first input row, offset of its output row) over one image.
template <class Body>
void for_each_row(const Conv2DShape& s, int image, Body body) {
  for (int i = 0; i < s.out_height; ++i) {
    const int top = i * s.stride_h - s.pad_top;
    const int begin = std::clamp(-top, 0, s.kernel_h), end = std::clamp(s.height - top, begin, s.kernel_h);
    const WindowRow row{.width = s.width,
                        .channels = s.channels,
                        .rows = end - begin,
                        .first_row = begin,
                        .window_h = s.kernel_h,
                        .window_w = s.kernel_w,
                        .stride_w = s.stride_w,
                        .pad_left = s.pad_left,
                        .out_width = s.out_width};
    const int first = row.rows > 0 ? top + begin : 0;
    body(row, (size(image) * size(s.height) + size(first)) * size(s.width) * size(s.channels),
         (size(image) * size(s.out_height) + size(i)) * size(s.out_width) * size(s.filters));
  }
}

double depthwise_flops(const Conv2DShape& s) {
  return 2.0 * s.batch * static_cast<double>(s.out_height) * s.out_width * s.filters * s.kernel_h *
         s.kernel_w;
}
}  // namespace

void depthwise_conv2d_forward(Exec& exec, const Conv2DShape& s, const float* x, const float* kernel,
                              const float* bias, Fused fused, float* y) {
  exec.count_flops(depthwise_flops(s));
  const int multiplier = s.filters / s.channels;
  exec.pool().parallel_for(s.batch, [&](int image, int) {
    for_each_row(s, image, [&](const WindowRow& row, std::size_t in, std::size_t out) {
      exec.kernels().depthwise_row(row, multiplier, x + in, kernel, bias, fused.relu, y + out);
    });
  });
}

void depthwise_conv2d_backward(Exec& exec, const Conv2DShape& s, const Conv2DBackward& b) {
  const KernelSet& kernels = exec.kernels();
  const int multiplier = s.filters / s.channels;
  const std::size_t out_size = size(s.batch) * size(s.out_height) * size(s.out_width) * size(s.filters);
  Scratch::Frame frame(exec.scratch());
  const float* dy = b.dy;
  if (b.y) {
    float* masked = frame.floats(out_size);
    for_each_piece(exec, out_size, [&](std::size_t i, std::size_t count) {
      kernels.relu_mask(count, b.y + i, b.dy + i, masked + i);
    });
    dy = masked;
  }
  if (b.dbias) add_column_sums(exec, s.batch * s.out_height * s.out_width, s.filters, dy, b.dbias);
  if (b.dx) {
    exec.count_flops(depthwise_flops(s));
    const std::size_t in_size = size(s.height) * size(s.width) * size(s.channels);
    exec.pool().parallel_for(s.batch, [&](int image, int) {
      std::fill_n(b.dx + size(image) * in_size, in_size, 0.0f);
      for_each_row(s, image, [&](const WindowRow& row, std::size_t in, std::size_t out) {
        kernels.depthwise_row_input_gradient(row, multiplier, dy + out, b.kernel, b.dx + in);
      });
    });
  }
  if (b.dkernel) {
    exec.count_flops(depthwise_flops(s));
    const std::size_t kernel_size = size(s.kernel_h) * size(s.kernel_w) * size(s.filters);
    const int pieces = std::min(s.batch, kBatchPieces);
    float* sums = frame.floats(size(pieces) * kernel_size);
    exec.pool().parallel_for(pieces, [&](int piece, int) {
      float* sum = sums + size(piece) * kernel_size;
      std::fill_n(sum, kernel_size, 0.0f);
      for (int image = piece_begin(s.batch, pieces, piece); image < piece_begin(s.batch, pieces, piece + 1);
           ++image)
        for_each_row(s, image, [&](const WindowRow& row, std::size_t in, std::size_t out) {
          kernels.depthwise_row_kernel_gradient(row, multiplier, b.x + in, dy + out, sum);
        });
    });
    for (int piece = 0; piece < pieces; ++piece)
      kernels.add(kernel_size, b.dkernel, sums + size(piece) * kernel_size, b.dkernel);
  }
}

}  // namespace cnn
