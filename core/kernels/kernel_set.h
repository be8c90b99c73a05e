#pragma once
// What one instruction set provides: serial kernels over pieces of work. The drivers beside this file split
// the work into pieces, the same for every set and number of threads, and call these. Every function takes
// any size, 0 included, needs no alignment and touches nothing outside the arrays it is given.
//
// To add a set: a file like set_sse2.cpp with the vector type, a line in select.cpp, its flags in
// core/CMakeLists.txt.

#include <cstddef>
#include <cstdint>

#include "core/kernels/activation.h"
#include "core/kernels/gemm.h"
#include "core/kernels/optimizer_step.h"

namespace cnn {

/// c[i*c_stride + j] = (accumulate ? c : 0) + sum over p < k of a[i*a_row + p*a_depth] * b[p*b_stride + j] +
/// bias[j] for i < m, j < n, then relu. Summed as core/kernels/gemm.h says, in blocks of kGemmDepth.
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

/// Channels last picture in, picture out; one row of windows of a pooling or depthwise convolution.
struct WindowRow {
  int width, channels;  // of the input
  int rows;             // window rows inside the input
  int first_row;        // number of the first of them in the window
  int window_h, window_w, stride_w, pad_left, out_width;
};

/// A row of Winograd tiles: `tiles` of 4 x 4 outputs (`rows` x 4 at the lower edge), then one of `tail`
/// columns where the row ends with fewer than 4. Transformed tiles are [point][tile][channel], 6 x 6 points;
/// those of a narrower tile are fewer.
struct WinogradRun {
  int tiles, tail, rows, channels;
  int width;                     // of the picture that the run reads or writes
  int left;                      // column of the first tile's left edge there
  const std::ptrdiff_t* places;  // [36]: where each point of the first tile is
};

/// The transforms of F(4x4, 3x3); core/kernels/winograd_tile.h says what they are.
struct WinogradKernels {
  /// kernel [9][count] -> [36][count]
  void (*kernel)(std::ptrdiff_t count, const float* kernel, float* out);
  /// rows: the run's rows + 2 of a window [width, channels], those outside the picture all zeros.
  void (*input)(const WinogradRun&, const float* const* rows, float* out);
  /// y and dy: the tile row's first row of the picture [.., width, channels].
  void (*output)(const WinogradRun&, const float* in, const float* bias, bool relu, float* y);
  void (*gradient)(const WinogradRun&, const float* dy, float* out);
  /// [36][count] -> dkernel [9][count] +=
  void (*kernel_gradient)(std::ptrdiff_t count, const float* in, float* dkernel);
};

/// A number that is not zero, and the place in floats of the vector that it scales.
struct SparseEntry {
  std::int32_t offset;
  float value;
};
struct SparseRun {
  const SparseEntry* entries;
  int count;
  const float* base;
};

struct KernelSet {
  const char* name;
  int lanes;
  bool fused_multiply_add;      // one rounding a term instead of two
  int gemm_rows, gemm_columns;  // tile

  /// The machine's peak: `rounds` times a few independent multiplications and additions in registers. Returns
  /// the operations done; for benchmarks.
  double (*peak)(int rounds, float* sink);

  // Products.
  void (*gemm_block)(const GemmBlock&);
  /// y[j*rows + i] = x[i*stride + j] for i < rows, j < columns.
  void (*transpose)(int rows, int columns, const float* x, std::ptrdiff_t stride, float* y);

  WinogradKernels winograd;
  /// out[c] = (accumulate ? out[c] : 0) + sum over runs and entries of value * base[offset + c], c <
  /// channels.
  void (*sparse_sum)(int run_count, const SparseRun* runs, int channels, bool accumulate, float* out);

  // Arrays.
  void (*activation_forward)(Activation, float alpha, std::size_t n, const float* x, float* y);
  void (*activation_backward)(Activation, float alpha, std::size_t n, const float* x, const float* y,
                              const float* dy, float* dx);
  void (*softmax_forward)(int rows, int classes, const float* x, float* y);
  void (*softmax_backward)(int rows, int classes, const float* y, const float* dy, float* dx);
  void (*relu_mask)(std::size_t n, const float* y, const float* dy, float* masked);  // dy where y > 0, else 0
  void (*add)(std::size_t n, const float* a, const float* b, float* y);
  void (*scale)(std::size_t n, float factor, const float* x, float* y);
  void (*axpy)(std::size_t n, float factor, const float* x, float* y);
  void (*lerp)(std::size_t n, float weight, const float* x, float* y);
  double (*sum_of_squares)(std::size_t n, const float* x);
  /// Elements `first` .. `first + n - 1` of a dropout whose numbers below `threshold` drop; pointers are to
  /// the first.
  void (*dropout_forward)(std::uint32_t key_xor, std::uint32_t key_add, std::uint32_t threshold, float factor,
                          std::uint32_t first, std::size_t n, const float* x, float* y, std::uint8_t* mask);
  void (*dropout_backward)(float factor, std::size_t n, const float* dy, const std::uint8_t* mask, float* dx);
  void (*adam)(const AdamStep&, std::size_t n, float* w, const float* g, float* m, float* v);
  void (*sgd)(const SgdStep&, std::size_t n, float* w, const float* g, float* velocity);
  void (*rmsprop)(const RmspropStep&, std::size_t n, float* w, const float* g, float* v, float* velocity);

  // Matrices [rows, channels]: statistics of columns.
  void (*column_sums)(int rows, int channels, const float* x, float* sums);  // =
  void (*column_squares)(int rows, int channels, const float* x, const float* mean,
                         float* sums);  // (x - mean)^2
  void (*column_dots)(int rows, int channels, const float* x, const float* mean, const float* dy, float* dot,
                      float* sum);  // dot = sum of (x - mean) * dy, sum = sum of dy
  /// y = (x - mean) * factor + offset
  void (*column_normalize)(int rows, int channels, const float* x, const float* mean, const float* factor,
                           const float* offset, float* y);
  /// dx = a*dy + (b*(x - mean) + c), all but dy and x per column.
  void (*column_blend)(int rows, int channels, const float* dy, const float* a, const float* x,
                       const float* mean, const float* b, const float* c, float* dx);

  // Windows. x points to the first window row inside the input, y and winners to the row of outputs.
  void (*max_pool_row)(const WindowRow&, const float* x, float* y, std::uint8_t* winners);
  /// overlap: +=, onto a row that begins with zeros; else =, and the caller sees to cells in no window.
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
