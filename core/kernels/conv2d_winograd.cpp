#include "core/kernels/conv2d_winograd.h"

#include <algorithm>

#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
constexpr int kPoints = 36;

/// Floats that the transformed input and output of one block may take together: 64 tiles of 32 channels and
/// filters. With the kernel this is a good third of the L2 cache of current machines (2 MB).
constexpr int kBlockFloats = kPoints * 64 * 64;
/// Fewer tiles read the transformed kernel too often; more gain nothing.
constexpr int kFewestTiles = 32, kMostTiles = 64;
/// Largest channels * filters whose transformed kernel stays in the L2 cache beside a block.
constexpr int kSmallKernel = 64 * 64;

/// A block touches two arrays that do not fit the cache. It reads a large kernel (or reads and writes its
/// sums), points x channels x filters numbers, once. It writes and reads the transformed points x tiles x
/// (channels + filters) numbers. With this many tiles both cost about the same.
int tiles_of_large_block(const Conv2DShape& s) {
  return std::clamp(s.channels * s.filters / (s.channels + s.filters), kMostTiles, 2 * kMostTiles);
}

int tiles_at_once(const Conv2DShape& s, WinogradUse use) {
  if (use == WinogradUse::kernel_gradient || s.channels * s.filters > kSmallKernel)
    return tiles_of_large_block(s);
  return std::clamp(kBlockFloats / (kPoints * (s.channels + s.filters)), kFewestTiles, kMostTiles);
}

/// Fewer channels than this are padded to whole vectors.
constexpr int kFewChannels = 8;

int depth_of(const KernelSet& kernels, int channels) {
  return channels < kFewChannels ? divide_up(channels, kernels.lanes) * kernels.lanes : channels;
}
}  // namespace

WinogradPlan::WinogradPlan(const KernelSet& kernels, const Conv2DShape& s, WinogradUse use)
    : kernels_(kernels),
      shape_(s),
      down_(s.out_height),
      across_(s.out_width),
      rows_at_once_(std::max(1, tiles_at_once(s, use) / across_.tiles)),
      depth_(depth_of(kernels, s.channels)) {}

int WinogradPlan::products(const Conv2DShape& s) {
  const auto points = [](const Cut& cut) { return 6 * cut.full() + (cut.tail ? cut.tail + 2 : 0); };
  return points(Cut(s.out_height)) * points(Cut(s.out_width));
}

int WinogradPlan::rows_with(int point, int rows) const {
  const int with = down_.with(point);
  return rows / down_.tiles * with + std::min(rows % down_.tiles, with);
}

int WinogradPlan::tiles_with(int point, int first, int end) const {
  return (rows_with(point / 6, end) - rows_with(point / 6, first)) * across_.with(point % 6);
}

std::ptrdiff_t WinogradPlan::point_stride(int channels) const {
  // One cache line of padding: with a power of two, all points of a tile would map to one set of the L1
  // cache.
  return std::ptrdiff_t{rows_at_once_} * across_.tiles * channels + 16;
}

std::size_t WinogradPlan::row_size() const { return size(shape_.width) * size(depth_); }

std::size_t WinogradPlan::scratch() const {
  const int rows = depth_ == shape_.channels ? 1 : 1 + 6;  // one of zeros, and six widened ones
  return kPoints * size(point_stride(depth_) + point_stride(shape_.filters)) + size(rows) * row_size();
}

std::size_t WinogradPlan::kernel_size() const {
  return kPoints * size(shape_.channels) * size(shape_.filters);
}

void WinogradPlan::transform_kernel(const float* kernel, float* transformed) const {
  kernels_.winograd.kernel(std::ptrdiff_t{shape_.channels} * shape_.filters, kernel, transformed);
}

/// body(image, row of tiles in the image, run) for each row of tiles. `width` and `left` are set for the
/// output; transform_input replaces them.
template <class Body>
void WinogradPlan::for_each_run(int first_row, int end_row, int channels, std::ptrdiff_t stride,
                                Body body) const {
  for (int tile_row = first_row; tile_row < end_row; ++tile_row) {
    const int image = tile_row / down_.tiles, row = tile_row % down_.tiles;
    std::ptrdiff_t places[kPoints];
    for (int point = 0; point < kPoints; ++point)
      places[point] = point * stride + std::ptrdiff_t{tiles_with(point, first_row, tile_row)} * channels;
    body(image, row,
         WinogradRun{.tiles = across_.full(),
                     .tail = across_.tail,
                     .rows = row < down_.full() ? 4 : down_.tail,
                     .channels = channels,
                     .width = shape_.out_width,
                     .left = 0,
                     .places = places});
  }
}

void WinogradPlan::transform_input(int first_row, int end_row, const float* x, float* out,
                                   float* scratch) const {
  const std::size_t x_row = size(shape_.width) * size(shape_.channels);
  const bool widen = depth_ != shape_.channels;
  const float* zeros = scratch;
  std::fill_n(scratch, (widen ? 1 + 6 : 1) * row_size(), 0.0f);
  for_each_run(first_row, end_row, depth_, point_stride(depth_), [&](int image, int row, WinogradRun run) {
    const float* rows[6];
    for (int i = 0; i < run.rows + 2; ++i) {
      const int at = row * 4 - shape_.pad_top + i;
      if (at < 0 || at >= shape_.height) {
        rows[i] = zeros;
        continue;
      }
      const float* from = x + (size(image) * size(shape_.height) + size(at)) * x_row;
      rows[i] = from;
      if (!widen) continue;
      float* wide = scratch + size(1 + i) * row_size();
      rows[i] = wide;
      for (int cell = 0; cell < shape_.width; ++cell, wide += depth_, from += shape_.channels)
        for (int c = 0; c < shape_.channels; ++c) wide[c] = from[c];
    }
    run.width = shape_.width;
    run.left = -shape_.pad_left;
    kernels_.winograd.input(run, rows, out);
  });
}

void WinogradPlan::forward(int block, const float* x, const float* transformed, const float* bias,
                           Fused fused, float* y, float* scratch) const {
  const int first = block * rows_at_once_, end = std::min(shape_.batch * down_.tiles, first + rows_at_once_);
  const std::ptrdiff_t in_stride = point_stride(depth_), out_stride = point_stride(shape_.filters);
  float* in = scratch;
  float* out = in + kPoints * in_stride;
  float* rows = out + kPoints * out_stride;
  transform_input(first, end, x, in, rows);
  for (int point = 0; point < kPoints; ++point)
    kernels_.gemm_block({.m = tiles_with(point, first, end),
                         .n = shape_.filters,
                         .k = shape_.channels,
                         .a = in + point * in_stride,
                         .a_row = depth_,
                         .a_depth = 1,
                         .b = transformed + size(point) * size(shape_.channels) * size(shape_.filters),
                         .b_stride = shape_.filters,
                         .bias = nullptr,
                         .relu = false,
                         .accumulate = false,
                         .c = out + point * out_stride,
                         .c_stride = shape_.filters});
  for_each_run(first, end, shape_.filters, out_stride, [&](int image, int row, const WinogradRun& run) {
    const std::size_t y_row = size(image) * size(shape_.out_height) + size(row * 4);
    kernels_.winograd.output(run, out, bias, fused.relu,
                             y + y_row * size(shape_.out_width) * size(shape_.filters));
  });
}

void WinogradPlan::kernel_gradient(int begin, int end, const float* x, const float* dy, float* sum,
                                   float* scratch) const {
  const std::ptrdiff_t in_stride = point_stride(depth_), out_stride = point_stride(shape_.filters);
  float* in = scratch;
  float* out = in + kPoints * in_stride;
  float* rows = out + kPoints * out_stride;
  const int end_row = end * down_.tiles;
  for (int first = begin * down_.tiles; first < end_row; first += rows_at_once_) {
    const int last = std::min(end_row, first + rows_at_once_);
    transform_input(first, last, x, in, rows);
    for_each_run(first, last, shape_.filters, out_stride, [&](int image, int row, const WinogradRun& run) {
      const std::size_t y_row = size(image) * size(shape_.out_height) + size(row * 4);
      kernels_.winograd.gradient(run, dy + y_row * size(shape_.out_width) * size(shape_.filters), out);
    });
    for (int point = 0; point < kPoints; ++point) {
      const int tiles = tiles_with(point, first, last);
      if (tiles == 0) continue;
      kernels_.gemm_block({.m = shape_.channels,
                           .n = shape_.filters,
                           .k = tiles,
                           .a = in + point * in_stride,
                           .a_row = 1,
                           .a_depth = depth_,
                           .b = out + point * out_stride,
                           .b_stride = shape_.filters,
                           .bias = nullptr,
                           .relu = false,
                           .accumulate = true,
                           .c = sum + size(point) * size(shape_.channels) * size(shape_.filters),
                           .c_stride = shape_.filters});
    }
  }
}

void WinogradPlan::add_kernel_gradient(const float* sum, float* dkernel) const {
  kernels_.winograd.kernel_gradient(std::ptrdiff_t{shape_.channels} * shape_.filters, sum, dkernel);
}

}  // namespace cnn
