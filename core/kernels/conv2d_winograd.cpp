#include "core/kernels/conv2d_winograd.h"

#include <algorithm>

namespace cnn {
namespace {
std::size_t size(int n) { return static_cast<std::size_t>(n); }
std::size_t size(std::ptrdiff_t n) { return static_cast<std::size_t>(n); }
int divide_up(int a, int b) { return (a + b - 1) / b; }

// Floats that the transformed input and output of one block may take together: 64 tiles of 32 channels and
// filters, which with the kernel are a good third of the second cache of current machines (2 MB).
constexpr int kBlockFloats = 36 * 64 * 64;
// Fewer tiles would read the transformed kernel too often, more would not gain.
constexpr int kFewestTiles = 32, kMostTiles = 64;

int forward_tiles(int points, const Conv2DShape& s) {
  return std::clamp(kBlockFloats / (points * (s.channels + s.filters)), kFewestTiles, kMostTiles);
}

/// A block reads and writes the sums, points x channels x filters, once, and points x tiles x (channels +
/// filters) transformed numbers as well: with these tiles both cost the same, where neither fits the cache.
int gradient_tiles(const Conv2DShape& s) {
  return std::clamp(s.channels * s.filters / (s.channels + s.filters), kMostTiles, 2 * kMostTiles);
}

// Fewer channels are widened to whole vectors.
constexpr int kFewChannels = 8;

int depth_of(const KernelSet& kernels, int channels) {
  return channels < kFewChannels ? divide_up(channels, kernels.lanes) * kernels.lanes : channels;
}
}  // namespace

WinogradPlan::WinogradPlan(const KernelSet& kernels, const Conv2DShape& s, int outputs, WinogradUse use)
    : kernels_(kernels),
      transforms_(outputs == 2 ? kernels.winograd2 : kernels.winograd4),
      shape_(s),
      m_(outputs),
      tile_rows_(divide_up(s.out_height, outputs)),
      tile_columns_(divide_up(s.out_width, outputs)),
      tiles_at_once_(use == WinogradUse::forward ? forward_tiles(points(), s) : gradient_tiles(s)),
      depth_(depth_of(kernels, s.channels)) {}

std::ptrdiff_t WinogradPlan::point_stride(int channels) const {
  return std::ptrdiff_t{tiles_at_once_} * channels + 16;  // one cache line more than a power of two
}

std::size_t WinogradPlan::row_size() const { return size(shape_.width) * size(depth_); }

std::size_t WinogradPlan::scratch() const {
  const int rows = depth_ == shape_.channels ? 1 : 1 + m_ + 2;  // of zeros, and widened ones
  return size(points()) * size(point_stride(depth_) + point_stride(shape_.filters)) + size(rows) * row_size();
}

std::size_t WinogradPlan::kernel_size() const {
  return size(points()) * size(shape_.channels) * size(shape_.filters);
}

void WinogradPlan::transform_kernel(const float* kernel, float* transformed) const {
  transforms_.kernel(std::ptrdiff_t{shape_.channels} * shape_.filters, kernel, transformed);
}

/// body(image, tile row, first tile column, tiles, place in the block) for each run of tiles of one row.
template <class Body>
void WinogradPlan::for_each_run(int first_tile, int end_tile, Body body) const {
  for (int tile = first_tile; tile < end_tile;) {
    const int image = tile / tiles_per_image(), in_image = tile % tiles_per_image();
    const int row = in_image / tile_columns_, column = in_image % tile_columns_;
    const int tiles = std::min(tile_columns_ - column, end_tile - tile);
    body(image, row, column, tiles, tile - first_tile);
    tile += tiles;
  }
}

void WinogradPlan::transform_input(int first_tile, int end_tile, const float* x, float* out,
                                   float* scratch) const {
  const std::size_t x_row = size(shape_.width) * size(shape_.channels);
  const bool widen = depth_ != shape_.channels;
  const float* zeros = scratch;
  std::fill_n(scratch, (widen ? size(1 + m_ + 2) : 1) * row_size(), 0.0f);
  for_each_run(first_tile, end_tile, [&](int image, int row, int column, int tiles, int place) {
    const float* rows[6];
    for (int i = 0; i < m_ + 2; ++i) {
      const int at = row * m_ - shape_.pad_top + i;
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
    transforms_.input({tiles, depth_, shape_.width, column * m_ - shape_.pad_left, point_stride(depth_)},
                      rows, out + size(place) * size(depth_));
  });
}

void WinogradPlan::forward(int block, const float* x, const float* transformed, const float* bias,
                           Fused fused, float* y, float* scratch) const {
  const int first = block * tiles_at_once_, end = std::min(tiles(), first + tiles_at_once_);
  const std::ptrdiff_t in_stride = point_stride(depth_), out_stride = point_stride(shape_.filters);
  float* in = scratch;
  float* out = in + points() * in_stride;
  float* rows = out + points() * out_stride;
  transform_input(first, end, x, in, rows);
  for (int point = 0; point < points(); ++point)
    kernels_.gemm_block({.m = end - first,
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
  for_each_run(first, end, [&](int image, int row, int column, int tiles, int place) {
    const std::size_t y_row = size(image) * size(shape_.out_height) + size(row * m_);
    transforms_.output({tiles, shape_.filters, shape_.out_width, column * m_, out_stride},
                       std::min(m_, shape_.out_height - row * m_), out + size(place) * size(shape_.filters),
                       bias, fused.relu, y + y_row * size(shape_.out_width) * size(shape_.filters));
  });
}

void WinogradPlan::kernel_gradient(int begin, int end, const float* x, const float* dy, float* sum,
                                   float* scratch) const {
  const std::ptrdiff_t in_stride = point_stride(depth_), out_stride = point_stride(shape_.filters);
  float* in = scratch;
  float* out = in + points() * in_stride;
  float* rows = out + points() * out_stride;
  const int end_tile = end * tiles_per_image();
  for (int first = begin * tiles_per_image(); first < end_tile; first += tiles_at_once_) {
    const int last = std::min(end_tile, first + tiles_at_once_);
    transform_input(first, last, x, in, rows);
    for_each_run(first, last, [&](int image, int row, int column, int tiles, int place) {
      const std::size_t y_row = size(image) * size(shape_.out_height) + size(row * m_);
      transforms_.gradient({tiles, shape_.filters, shape_.out_width, column * m_, out_stride},
                           std::min(m_, shape_.out_height - row * m_),
                           dy + y_row * size(shape_.out_width) * size(shape_.filters),
                           out + size(place) * size(shape_.filters));
    });
    for (int point = 0; point < points(); ++point)
      kernels_.gemm_block({.m = shape_.channels,
                           .n = shape_.filters,
                           .k = last - first,
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

void WinogradPlan::add_kernel_gradient(const float* sum, float* dkernel) const {
  transforms_.kernel_gradient(std::ptrdiff_t{shape_.channels} * shape_.filters, sum, dkernel);
}

}  // namespace cnn
