#include "core/kernels/optimizer_step.h"

#include <algorithm>

#include "core/kernels/elementwise.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
constexpr double kAdamFlops = 12, kSgdFlops = 4, kRmspropFlops = 9;  // per element
}

void adam_update(Exec& exec, const AdamStep& step, std::size_t n, float* w, const float* g, float* m,
                 float* v) {
  exec.count_flops(kAdamFlops * static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().adam(step, count, w + i, g + i, m + i, v + i);
  });
}

void sgd_update(Exec& exec, const SgdStep& step, std::size_t n, float* w, const float* g, float* velocity) {
  exec.count_flops(kSgdFlops * static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().sgd(step, count, w + i, g + i, velocity ? velocity + i : velocity);
  });
}

void rmsprop_update(Exec& exec, const RmspropStep& step, std::size_t n, float* w, const float* g, float* v,
                    float* velocity) {
  exec.count_flops(kRmspropFlops * static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().rmsprop(step, count, w + i, g + i, v + i, velocity ? velocity + i : velocity);
  });
}

void dense_backward_adam(Exec& exec, const DenseAdam& d, const AdamStep& step) {
  constexpr int kRows = 64;  // of w at once: 32 kB with 128 units, and as much for the gradient
  const KernelSet& kernels = exec.kernels();
  const std::size_t units = size(d.units);
  const double products = static_cast<double>(d.batch) * d.inputs * d.units;
  exec.count_flops((d.dx ? 4 : 2) * products + kAdamFlops * static_cast<double>(d.inputs) * d.units);
  Scratch::Frame frame(exec.scratch());
  const float* dy = d.dy;
  if (d.y) {
    const std::size_t n = size(d.batch) * units;
    float* masked = frame.floats(n);
    kernels.relu_mask(n, d.y, d.dy, masked);
    dy = masked;
  }
  if (d.dbias) add_column_sums(exec, d.batch, d.units, dy, d.dbias);
  const std::size_t block = kRows * units;
  const std::size_t threads = size(exec.pool().threads());
  float* blocks = frame.floats(block * threads);
  // Columns of x are copied into contiguous memory: when inputs is a power of two, as after Flatten, all
  // rows of x map to the same few lines of the cache.
  const std::size_t columns = size(d.batch) * kRows;
  float* packed_blocks = frame.floats(columns * threads);
  exec.pool().parallel_for((d.inputs + kRows - 1) / kRows, [&](int piece, int thread) {
    const int first = piece * kRows, rows = std::min(kRows, d.inputs - first);
    const std::size_t at = size(first) * units;
    float* scratch = blocks + block * size(thread);
    if (d.dx) {
      kernels.transpose(rows, d.units, d.w + at, d.units, scratch);
      kernels.gemm_block({.m = d.batch,
                          .n = rows,
                          .k = d.units,
                          .a = dy,
                          .a_row = d.units,
                          .a_depth = 1,
                          .b = scratch,
                          .b_stride = rows,
                          .bias = nullptr,
                          .relu = false,
                          .accumulate = false,
                          .c = d.dx + first,
                          .c_stride = d.inputs});
    }
    float* packed = packed_blocks + columns * size(thread);
    for (int image = 0; image < d.batch; ++image)
      std::copy_n(d.x + size(image) * size(d.inputs) + first, rows, packed + image * kRows);
    kernels.gemm_block({.m = rows,
                        .n = d.units,
                        .k = d.batch,
                        .a = packed,
                        .a_row = 1,
                        .a_depth = kRows,
                        .b = dy,
                        .b_stride = d.units,
                        .bias = nullptr,
                        .relu = false,
                        .accumulate = false,
                        .c = scratch,
                        .c_stride = d.units});
    kernels.adam(step, size(rows) * units, d.w + at, scratch, d.m + at, d.v + at);
  });
}

}  // namespace cnn
