#include "core/kernels/conv2d_sparse.h"

#include <algorithm>
#include <cstring>

#include "core/kernels/size.h"

namespace cnn {
namespace {
/// Above 5 nonzero numbers in 32 Winograd is faster (measured with 128 bits; the limit for wider vectors is
/// higher).
constexpr std::size_t kShareNumerator = 5, kShareDenominator = 32;
/// Floats in the rows of x that one band of dy reads: most of the L1 cache.
constexpr int kBandFloats = 11 * 1024;
}  // namespace

std::size_t SparseGradient::most_entries() const {
  return size(s_.out_height) * size(s_.out_width) * size(s_.filters) * kShareNumerator / kShareDenominator;
}

int SparseGradient::band_rows() const {
  const int row = (s_.out_width + s_.kernel_w - 1) * s_.channels;
  return std::clamp(kBandFloats / row - (s_.kernel_h - 1), 1, s_.out_height);
}

std::size_t SparseGradient::scratch() const {
  const std::size_t row = size(s_.out_width) * size(s_.filters);  // list() checks the limit after each row
  return size(s_.out_height) * size(s_.out_width + 1) + 3 * (most_entries() + row) +
         2 * size(s_.filters) * size(band_rows()) * size(s_.out_width) + size(s_.filters) +
         size(band_rows() + s_.kernel_h - 1) * size(s_.out_width + s_.kernel_w - 1) * size(s_.channels);
}

/// Cell (p, q) of dx gets value * kernel[u, v, f, :] from output cell (i, j), where
///   u = p + pad_top  - i
///   v = q + pad_left - j
/// In one output row the cells that reach (p, q) are adjacent, so their entries are one run with
///   offset = (f - j*filters) * channels
///   base   = kernel + (u*kernel_w + q + pad_left) * filters * channels
bool SparseGradient::list(const float* dy, const float* y, float* scratch) {
  starts_ = reinterpret_cast<std::int32_t*>(scratch);
  scratch += size(s_.out_height) * size(s_.out_width + 1);
  entries_ = reinterpret_cast<SparseEntry*>(scratch);
  scratch += 2 * (most_entries() + size(s_.out_width) * size(s_.filters));
  filters_ = reinterpret_cast<std::uint16_t*>(scratch);
  scratch += most_entries() + size(s_.out_width) * size(s_.filters);
  by_filter_ = reinterpret_cast<SparseEntry*>(scratch);
  scratch += 2 * size(s_.filters) * size(band_rows()) * size(s_.out_width);
  filter_counts_ = reinterpret_cast<std::int32_t*>(scratch);
  padded_ = scratch + s_.filters;

  return y ? list_cells<true>(dy, y) : list_cells<false>(dy, y);
}

/// No branch per number, because zeros are unpredictable. Tests the bits, because a floating-point comparison
/// that handles NaN takes several instructions.
template <bool kMasked>
bool SparseGradient::list_cells(const float* dy, const float* y) {
  const auto bits = [](float x) {
    std::uint32_t word;
    std::memcpy(&word, &x, sizeof word);
    return word;
  };
  constexpr std::uint32_t kInfinity = 0x7f800000;
  std::int32_t* start = starts_;
  SparseEntry* const entries = entries_;
  std::uint16_t* const filters = filters_;
  std::size_t n = 0;
  for (int i = 0; i < s_.out_height; ++i) {
    for (int j = 0; j < s_.out_width; ++j) {
      *start++ = static_cast<std::int32_t>(n);
      std::int32_t offset = -j * s_.filters * s_.channels;
      for (int f = 0; f < s_.filters; ++f, offset += s_.channels) {
        entries[n] = {offset, dy[f]};
        filters[n] = static_cast<std::uint16_t>(f);
        std::uint32_t listed = (bits(dy[f]) << 1) != 0;
        if constexpr (kMasked) listed &= bits(y[f]) - 1 < kInfinity;  // 0 < y <= infinity
        n += listed;
      }
      dy += s_.filters;
      if constexpr (kMasked) y += s_.filters;
    }
    *start++ = static_cast<std::int32_t>(n);
    // Gives up early when the rows so far exceed their share of the limit by an eighth of the limit.
    if (n > most_entries() * size(i + 1) / size(s_.out_height) + most_entries() / 8) return false;
  }
  return n <= most_entries();
}

void SparseGradient::input_gradient(const float* kernel_transposed, float* dx) const {
  const std::ptrdiff_t tap = std::ptrdiff_t{s_.filters} * s_.channels;
  SparseRun runs[16];
  for (int p = 0; p < s_.height; ++p)
    for (int q = 0; q < s_.width; ++q, dx += s_.channels) {
      const int v_end = q + s_.pad_left;  // output columns v_end - kernel_w + 1 .. v_end reach q
      const int first = std::max(0, v_end - s_.kernel_w + 1), last = std::min(s_.out_width - 1, v_end);
      bool accumulate = false;
      int count = 0;
      for (int u = 0; u < s_.kernel_h; ++u) {
        const int i = p + s_.pad_top - u;
        if (i < 0 || i >= s_.out_height || last < first) continue;
        const std::int32_t* row = starts_ + i * (s_.out_width + 1);
        runs[count++] = {entries_ + row[first], row[last + 1] - row[first],
                         kernel_transposed + (std::ptrdiff_t{u} * s_.kernel_w + v_end) * tap};
        if (count == 16) {
          kernels_.sparse_sum(count, runs, s_.channels, accumulate, dx);
          accumulate = true;
          count = 0;
        }
      }
      kernels_.sparse_sum(count, runs, s_.channels, accumulate, dx);
    }
}

void SparseGradient::kernel_gradient(const float* x, float* sum) const {
  const int padded_width = s_.out_width + s_.kernel_w - 1, most_rows = band_rows();
  const std::size_t padded_row = size(padded_width) * size(s_.channels);
  for (int band = 0; band < s_.out_height; band += most_rows) {
    const int rows = std::min(most_rows, s_.out_height - band);
    for (int r = 0; r < rows + s_.kernel_h - 1; ++r) {
      float* to = padded_ + size(r) * padded_row;
      const int p = band + r - s_.pad_top;
      const int q0 = std::clamp(s_.pad_left, 0, padded_width),
                q1 = std::min(padded_width, s_.pad_left + s_.width);
      if (p < 0 || p >= s_.height) {
        std::fill_n(to, padded_row, 0.0f);
        continue;
      }
      std::fill_n(to, size(q0) * size(s_.channels), 0.0f);
      std::memcpy(to + size(q0) * size(s_.channels), x + size(p) * size(s_.width) * size(s_.channels),
                  size(q1 - q0) * size(s_.channels) * sizeof(float));
      std::fill_n(to + size(q1) * size(s_.channels), size(padded_width - q1) * size(s_.channels), 0.0f);
    }
    // Sort the entries by filter, each with the offset of its window's first cell.
    const int capacity = most_rows * s_.out_width;
    std::fill_n(filter_counts_, s_.filters, 0);
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < s_.out_width; ++j) {
        const std::int32_t* cell = starts_ + (band + i) * (s_.out_width + 1) + j;
        const std::int32_t place = (i * padded_width + j) * s_.channels;
        for (int e = cell[0]; e < cell[1]; ++e) {
          const int f = filters_[e];
          by_filter_[f * capacity + filter_counts_[f]++] = {place, entries_[e].value};
        }
      }
    for (int u = 0; u < s_.kernel_h; ++u)
      for (int v = 0; v < s_.kernel_w; ++v)
        for (int f = 0; f < s_.filters; ++f) {
          const SparseRun run{by_filter_ + f * capacity, filter_counts_[f],
                              padded_ + size(u * padded_width + v) * size(s_.channels)};
          kernels_.sparse_sum(1, &run, s_.channels, true,
                              sum + size((u * s_.kernel_w + v) * s_.filters + f) * size(s_.channels));
        }
  }
}

void SparseGradient::bias_gradient(float* dbias) const {
  for (int i = 0; i < s_.out_height; ++i)
    for (int j = 0; j < s_.out_width; ++j) {
      const std::int32_t* cell = starts_ + i * (s_.out_width + 1) + j;
      for (int e = cell[0]; e < cell[1]; ++e) dbias[filters_[e]] += entries_[e].value;
    }
}

}  // namespace cnn
