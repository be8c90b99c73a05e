#pragma once
/// What one instruction set provides: serial kernels over pieces of work. The drivers in this folder split
/// the work into pieces, the same for every set and number of threads, and call these kernels. Every
/// function accepts any size, including 0, needs no alignment and touches nothing outside its arrays.
///
/// To add a set: write a file like set_sse2.cpp with the vector type, add a line to select.cpp, and add its
/// flags to core/CMakeLists.txt.

#include <cstddef>
#include <cstdint>

#include "core/kernels/activation.h"
#include "core/kernels/gemm.h"
#include "core/kernels/optimizer_step.h"

namespace cnn {

/// For i < m, j < n, with C = c[i*c_stride + j]:
///   C = (accumulate ? C : 0)
///     + sum over p < k of a[i*a_row + p*a_depth] * b[p*b_stride + j]
///     + bias[j]
/// then relu. Either a_row or a_depth is 1. The order of summation is the one of gemm.h, in blocks of
/// kGemmDepth.
struct GemmBlock {
  int m, n, k;
  const float* a;
  std::ptrdiff_t a_row, a_depth;
  const float* b;
  std::ptrdiff_t b_stride;
  const float* bias;  // may be null
  bool relu, accumulate;
  float* c;
  std::ptrdiff_t c_stride;
};

/// One row of windows of pooling or depthwise convolution. Input and output are channels last.
struct WindowRow {
  int width, channels;  // of the input
  int rows;             // window rows inside the input
  int first_row;        // index of the first of them in the window
  int window_h, window_w, stride_w, pad_left, out_width;
};

/// A row of Winograd tiles: `tiles` of `rows` x 4 outputs (`rows` is 4, or fewer at the lower edge), then,
/// if the row ends with fewer than 4 columns, one tile of `tail` columns. Transformed tiles are
/// [point][tile][channel] with 6 x 6 points; narrower tiles have fewer points.
struct WinogradRun {
  int tiles, tail, rows, channels;
  int width;                     // of the image that the run reads or writes
  int left;                      // column of the first tile's left edge in it
  const std::ptrdiff_t* places;  // [36]: offset of each point of the first tile
};

/// The transforms of F(4x4, 3x3), defined in winograd_tile.h.
struct WinogradKernels {
  /// kernel [9][count] -> [36][count]
  void (*kernel)(std::ptrdiff_t count, const float* kernel, float* out);
  /// rows: run.rows + 2 pointers to image rows [width, channels]; rows outside the image are all zeros.
  void (*input)(const WinogradRun&, const float* const* rows, float* out);
  /// y and dy point to the first image row of the tiles, [.., width, channels].
  void (*output)(const WinogradRun&, const float* in, const float* bias, bool relu, float* y);
  void (*gradient)(const WinogradRun&, const float* dy, float* out);
  /// [36][count] -> dkernel [9][count] +=
  void (*kernel_gradient)(std::ptrdiff_t count, const float* in, float* dkernel);
};

/// A nonzero number, and the offset in floats of the vector that it scales.
struct SparseEntry {
  std::int32_t offset;
  float value;
};
struct SparseRun {
  const SparseEntry* entries;
  int count;
  const float* base;
};

/// Elements whose random number is below `threshold` are dropped, the others multiplied by `factor`.
struct DropoutRule {
  std::uint32_t key_xor, key_add, threshold;
  float factor;
};

/// dx = a*dy + (b*(x - mean) + c); a, b, c and mean are per column.
struct ColumnBlend {
  const float *a, *b, *mean, *c;
};

struct KernelSet {
  const char* name;
  int lanes;
  bool fused_multiply_add;      // one rounding per term instead of two
  int gemm_rows, gemm_columns;  // tile

  /// The machine's peak: `rounds` times a few independent multiplications and additions in registers. Returns
  /// the operations done; for benchmarks.
  double (*peak)(int rounds, float* sink);

  // Products.
  void (*gemm_block)(const GemmBlock&);
  /// y[j*rows + i] = x[i*stride + j] for i < rows, j < columns.
  void (*transpose)(int rows, int columns, const float* x, std::ptrdiff_t stride, float* y);

  WinogradKernels winograd;
  /// For c < channels:
  ///   out[c] = (accumulate ? out[c] : 0) + sum over runs and their entries of value * base[offset + c]
  void (*sparse_sum)(int run_count, const SparseRun* runs, int channels, bool accumulate, float* out);

  // Arrays.
  void (*activation_forward)(Activation, float alpha, std::size_t n, const float* x, float* y);
  void (*activation_backward)(Activation, float alpha, std::size_t n, const float* x, const float* y,
                              const float* dy, float* dx);
  void (*softmax_forward)(int rows, int classes, const float* x, float* y);
  void (*softmax_backward)(int rows, int classes, const float* y, const float* dy, float* dx);
  /// masked = y > 0 ? dy : 0
  void (*relu_mask)(std::size_t n, const float* y, const float* dy, float* masked);
  void (*add)(std::size_t n, const float* a, const float* b, float* y);
  void (*scale)(std::size_t n, float factor, const float* x, float* y);
  void (*axpy)(std::size_t n, float factor, const float* x, float* y);
  void (*lerp)(std::size_t n, float weight, const float* x, float* y);
  double (*sum_of_squares)(std::size_t n, const float* x);
  /// Elements `first` .. `first + n - 1`. The pointers point to element `first`.
  void (*dropout_forward)(const DropoutRule&, std::uint32_t first, std::size_t n, const float* x, float* y,
                          std::uint8_t* mask);
  void (*dropout_backward)(float factor, std::size_t n, const float* dy, const std::uint8_t* mask, float* dx);
  void (*adam)(const AdamStep&, std::size_t n, float* w, const float* g, float* m, float* v);
  void (*sgd)(const SgdStep&, std::size_t n, float* w, const float* g, float* velocity);
  void (*rmsprop)(const RmspropStep&, std::size_t n, float* w, const float* g, float* v, float* velocity);

  // Matrices [rows, channels]: statistics of columns.
  /// sums = sum of x
  void (*column_sums)(int rows, int channels, const float* x, float* sums);
  /// sums = sum of (x - mean)^2
  void (*column_squares)(int rows, int channels, const float* x, const float* mean, float* sums);
  /// dot = sum of (x - mean) * dy; sum = sum of dy
  void (*column_dots)(int rows, int channels, const float* x, const float* mean, const float* dy, float* dot,
                      float* sum);
  /// y = (x - mean) * factor + offset
  void (*column_normalize)(int rows, int channels, const float* x, const float* mean, const float* factor,
                           const float* offset, float* y);
  void (*column_blend)(int rows, int channels, const ColumnBlend&, const float* dy, const float* x,
                       float* dx);

  // Windows. x points to the first window row inside the input; y and winners point to the row of outputs.
  void (*max_pool_row)(const WindowRow&, const float* x, float* y, std::uint8_t* winners);
  /// overlap: dx +=, so the caller zeroes dx first. Otherwise dx =, and the caller zeroes cells in no window.
  void (*max_pool_row_backward)(const WindowRow&, bool overlap, const float* dy, const std::uint8_t* winners,
                                float* dx);
  void (*mean_pool_row)(const WindowRow&, bool average, const float* x, float* y);
  void (*mean_pool_row_backward)(const WindowRow&, bool average, const float* dy, float* dx);  // +=
  void (*depthwise_row)(const WindowRow&, int multiplier, const float* x, const float* kernel,
                        const float* bias, bool relu, float* y);
  void (*depthwise_row_input_gradient)(const WindowRow&, int multiplier, const float* dy, const float* kernel,
                                       float* dx);  // +=
  void (*depthwise_row_kernel_gradient)(const WindowRow&, int multiplier, const float* x, const float* dy,
                                        float* dkernel);  // +=
};

}  // namespace cnn
