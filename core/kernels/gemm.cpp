#include "core/kernels/gemm.h"

#include "core/kernels/elementwise.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
/// Pieces of c: wide enough for the tiles, yet small enough that two threads share the columns of the
/// tutorial's 128 units, and that small products still have several pieces.
constexpr int kPieceRows = 64, kPieceColumns = 64;

/// A transposed b is transposed back one panel at a time, small enough for the L1 cache.
constexpr int kPanelColumns = 64;
}  // namespace

void gemm(Exec& exec, const Gemm& g) {
  const int m = g.m, n = g.n, k = g.k;
  if (m <= 0 || n <= 0) return;
  exec.count_flops(2.0 * m * n * k);
  const KernelSet& kernels = exec.kernels();
  const std::ptrdiff_t a_row = g.a_transposed ? 1 : k, a_depth = g.a_transposed ? m : 1;
  const int columns = g.b_transposed ? kPanelColumns : kPieceColumns;
  const int row_pieces = (m + kPieceRows - 1) / kPieceRows, column_pieces = (n + columns - 1) / columns;

  Scratch::Frame frame(exec.scratch());
  const std::size_t panel = g.b_transposed ? size(k) * size(columns) : 0;
  float* panels = frame.floats(panel * size(exec.pool().threads()));
  const auto block = [&](int first_row, int rows, int first_column, int width, const float* b,
                         std::ptrdiff_t b_stride) {
    kernels.gemm_block({.m = rows,
                        .n = width,
                        .k = k,
                        .a = g.a + first_row * a_row,
                        .a_row = a_row,
                        .a_depth = a_depth,
                        .b = b,
                        .b_stride = b_stride,
                        .bias = g.bias ? g.bias + first_column : nullptr,
                        .relu = g.fused.relu,
                        .accumulate = g.accumulate,
                        .c = g.c + static_cast<std::ptrdiff_t>(first_row) * n + first_column,
                        .c_stride = n});
  };
  if (g.b_transposed) {
    exec.pool().parallel_for(column_pieces, [&](int piece, int thread) {
      const int first = piece * columns, width = std::min(columns, n - first);
      float* b = panels + panel * size(thread);
      kernels.transpose(width, k, g.b + static_cast<std::ptrdiff_t>(first) * k, k, b);
      block(0, m, first, width, b, width);
    });
  } else {
    exec.pool().parallel_for(row_pieces * column_pieces, [&](int piece, int) {
      const int row = piece / column_pieces * kPieceRows, column = piece % column_pieces * columns;
      block(row, std::min(kPieceRows, m - row), column, std::min(columns, n - column), g.b + column, n);
    });
  }
}

void dense_backward(Exec& exec, const DenseBackward& d) {
  Scratch::Frame frame(exec.scratch());
  const float* dy = d.dy;
  if (d.y) {
    const std::size_t n = size(d.batch) * size(d.units);
    float* masked = frame.floats(n);
    exec.kernels().relu_mask(n, d.y, d.dy, masked);
    dy = masked;
  }
  if (d.dbias) add_column_sums(exec, d.batch, d.units, dy, d.dbias);
  if (d.dkernel)
    gemm(exec, {.m = d.inputs,
                .n = d.units,
                .k = d.batch,
                .a = d.x,
                .a_transposed = true,
                .b = dy,
                .accumulate = true,
                .c = d.dkernel});
  if (d.dx)
    gemm(
        exec,
        {.m = d.batch, .n = d.inputs, .k = d.units, .a = dy, .b = d.kernel, .b_transposed = true, .c = d.dx});
}

}  // namespace cnn
