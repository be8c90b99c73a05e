#include "core/kernels/conv2d_direct.h"

#include <algorithm>
#include <cstring>

#include "core/kernels/size.h"

namespace cnn {
namespace {
int depth_of(const Conv2DShape& s) { return s.kernel_h * s.kernel_w * s.channels; }

/// Output cells whose im2col rows are built at once: 64 kB of rows, but at least a few tiles.
int cells_at_once(const Conv2DShape& s) {
  const int fit = 16384 / depth_of(s);
  return std::min(std::max(fit, 24), s.out_height * s.out_width);
}

/// body(offset in the im2col row, offset in x, count) for each kernel row of an output cell's window,
/// limited to the part inside the input.
template <class Body>
void for_each_window_row(const Conv2DShape& s, int cell, Body body) {
  const int top = cell / s.out_width * s.stride_h - s.pad_top,
            left = cell % s.out_width * s.stride_w - s.pad_left;
  const int v0 = std::max(0, -left), v1 = std::min(s.kernel_w, s.width - left);
  const int u0 = std::max(0, -top), u1 = std::min(s.kernel_h, s.height - top);
  if (v1 <= v0) return;
  for (int u = u0; u < u1; ++u)
    body(size((u * s.kernel_w + v0) * s.channels),
         (size(top + u) * size(s.width) + size(left + v0)) * size(s.channels), size((v1 - v0) * s.channels));
}

bool window_is_inside(const Conv2DShape& s, int cell) {
  const int top = cell / s.out_width * s.stride_h - s.pad_top,
            left = cell % s.out_width * s.stride_w - s.pad_left;
  return top >= 0 && left >= 0 && top + s.kernel_h <= s.height && left + s.kernel_w <= s.width;
}

/// For short runs, where calling memcpy takes longer than the copy.
void copy_floats(float* to, const float* from, std::size_t count) {
  for (; count >= 4; count -= 4, to += 4, from += 4) std::memcpy(to, from, 4 * sizeof(float));
  for (; count > 0; --count) *to++ = *from++;
}

/// A 1x1 kernel applied to every cell: x is its own im2col matrix.
bool is_product(const Conv2DShape& s) {
  return s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 && s.stride_w == 1 && s.pad_top == 0 &&
         s.pad_left == 0 && s.out_height == s.height && s.out_width == s.width;
}

/// One im2col row [kernel_h, kernel_w, channels] for each of `cells` output cells.
void gather(const Conv2DShape& s, int first_cell, int cells, const float* x, float* rows) {
  const std::size_t depth = size(depth_of(s));
  for (int cell = 0; cell < cells; ++cell, rows += depth) {
    if (!window_is_inside(s, first_cell + cell)) std::fill_n(rows, depth, 0.0f);
    for_each_window_row(s, first_cell + cell, [&](std::size_t to, std::size_t from, std::size_t count) {
      copy_floats(rows + to, x + from, count);
    });
  }
}

/// The im2col rows of those cells: x itself where is_product(), else gathered into `rows`.
const float* im2col(const Conv2DShape& s, int first_cell, int cells, const float* x, float* rows) {
  if (is_product(s)) return x + size(first_cell) * size(depth_of(s));
  gather(s, first_cell, cells, x, rows);
  return rows;
}
}  // namespace

std::size_t conv2d_direct_scratch(const Conv2DShape& s) { return size(cells_at_once(s)) * size(depth_of(s)); }

void conv2d_direct_forward(const KernelSet& kernels, const Conv2DShape& s, Conv2DRows of, const float* x,
                           const Conv2DFilters& filters, float* y, float* rows) {
  const int depth = depth_of(s), step = cells_at_once(s), end = (of.first + of.count) * s.out_width;
  for (int cell = of.first * s.out_width; cell < end; cell += step) {
    const int cells = std::min(step, end - cell);
    kernels.gemm_block({.m = cells,
                        .n = s.filters,
                        .k = depth,
                        .a = im2col(s, cell, cells, x, rows),
                        .a_row = depth,
                        .a_depth = 1,
                        .b = filters.kernel,
                        .b_stride = s.filters,
                        .bias = filters.bias,
                        .relu = filters.fused.relu,
                        .accumulate = false,
                        .c = y + size(cell) * size(s.filters),
                        .c_stride = s.filters});
  }
}

void conv2d_direct_input_gradient(const KernelSet& kernels, const Conv2DShape& s, const float* dy,
                                  const float* kernel_transposed, float* dx, float* rows) {
  const int depth = depth_of(s), step = cells_at_once(s), end = s.out_height * s.out_width;
  if (is_product(s))
    return kernels.gemm_block({.m = end,
                               .n = depth,
                               .k = s.filters,
                               .a = dy,
                               .a_row = s.filters,
                               .a_depth = 1,
                               .b = kernel_transposed,
                               .b_stride = depth,
                               .bias = nullptr,
                               .relu = false,
                               .accumulate = false,
                               .c = dx,
                               .c_stride = depth});
  std::fill_n(dx, size(s.height) * size(s.width) * size(s.channels), 0.0f);
  for (int first = 0; first < end; first += step) {
    const int cells = std::min(step, end - first);
    kernels.gemm_block({.m = cells,
                        .n = depth,
                        .k = s.filters,
                        .a = dy + size(first) * size(s.filters),
                        .a_row = s.filters,
                        .a_depth = 1,
                        .b = kernel_transposed,
                        .b_stride = depth,
                        .bias = nullptr,
                        .relu = false,
                        .accumulate = false,
                        .c = rows,
                        .c_stride = depth});
    for (int cell = 0; cell < cells; ++cell)
      for_each_window_row(s, first + cell, [&](std::size_t from, std::size_t to, std::size_t count) {
        const float* row = rows + size(cell) * size(depth) + from;
        kernels.add(count, dx + to, row, dx + to);
      });
  }
}

void conv2d_direct_kernel_gradient(const KernelSet& kernels, const Conv2DShape& s, const float* x,
                                   const float* dy, float* dkernel, float* rows) {
  const int depth = depth_of(s), step = cells_at_once(s), end = s.out_height * s.out_width;
  for (int cell = 0; cell < end; cell += step) {
    const int cells = std::min(step, end - cell);
    kernels.gemm_block({.m = depth,
                        .n = s.filters,
                        .k = cells,
                        .a = im2col(s, cell, cells, x, rows),
                        .a_row = 1,
                        .a_depth = depth,
                        .b = dy + size(cell) * size(s.filters),
                        .b_stride = s.filters,
                        .bias = nullptr,
                        .relu = false,
                        .accumulate = true,
                        .c = dkernel,
                        .c_stride = s.filters});
  }
}

}  // namespace cnn
