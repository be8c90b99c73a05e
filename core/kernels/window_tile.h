#pragma once
/// One row of windows of pooling or depthwise convolution, for any vector type. Vectors run over the
/// channels.
/// Contract: WindowRow in kernel_set.h.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// The columns of one window that are inside the input: v = begin .. end-1, input column left + v.
template <class V>
struct WindowColumns {
  int left, begin, end;
  WindowColumns(const WindowRow& w, int j)
      : left(j * w.stride_w - w.pad_left),
        begin(left < 0 ? -left : 0),
        end(w.width - left < w.window_w ? w.width - left : w.window_w) {}
};

template <class V>
void max_pool_row(const WindowRow& w, const float* x, float* y, std::uint8_t* winners) {
  using I = typename V::I;
  const std::ptrdiff_t row = std::ptrdiff_t{w.width} * w.channels;
  for (int j = 0; j < w.out_width; ++j) {
    const WindowColumns<V> columns(w, j);
    for_each_vector<V>(w.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const std::ptrdiff_t corner = columns.left * std::ptrdiff_t{w.channels} + c;
      auto best = get(x + (corner + columns.begin * w.channels));
      I winner = (I{} + 1) * (w.first_row * w.window_w + columns.begin);
      for (int u = 0; u < w.rows; ++u)
        for (int v = columns.begin; v < columns.end; ++v) {
          const auto cell = get(x + (corner + u * row + v * w.channels));
          // Greater, or the first NaN.
          // NOLINTNEXTLINE(misc-redundant-expression): a number that differs from itself is NaN
          const I wins = (I)(cell > best) | ((I)(cell != cell) & (I)(best == best));
          best = select<V>(wins, cell, best);
          winner = (winner & ~wins) | (wins & ((w.first_row + u) * w.window_w + v));
        }
      const std::ptrdiff_t at = std::ptrdiff_t{j} * w.channels + c;
      put(y + at, best);
      if (winners) store_bytes<V>(winners + at, winner, w.channels - c);
    });
  }
}

template <class V>
void max_pool_row_backward(const WindowRow& w, bool overlap, const float* dy, const std::uint8_t* winners,
                           float* dx) {
  const std::ptrdiff_t row = std::ptrdiff_t{w.width} * w.channels;
  for (int j = 0; j < w.out_width; ++j, dy += w.channels, winners += w.channels) {
    const WindowColumns<V> columns(w, j);
    for_each_vector<V>(w.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const auto gradient = get(dy + c), zero = V::splat(0);
      const auto winner = load_bytes<V>(winners + c, w.channels - c);
      const std::ptrdiff_t corner = columns.left * std::ptrdiff_t{w.channels} + c;
      for (int u = 0; u < w.rows; ++u)
        for (int v = columns.begin; v < columns.end; ++v) {
          float* cell = dx + (corner + u * row + v * w.channels);
          const typename V::I won = winner == (w.first_row + u) * w.window_w + v;
          const auto share = select<V>(won, gradient, zero);
          put(cell, overlap ? get(cell) + share : share);
        }
    });
  }
}

template <class V>
void mean_pool_row(const WindowRow& w, bool average, const float* x, float* y) {
  const std::ptrdiff_t row = std::ptrdiff_t{w.width} * w.channels;
  for (int j = 0; j < w.out_width; ++j) {
    const WindowColumns<V> columns(w, j);
    const int cells = w.rows * (columns.end - columns.begin);
    const auto divisor = V::splat(average ? static_cast<float>(cells) : 1.0f);
    for_each_vector<V>(w.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const std::ptrdiff_t corner = columns.left * std::ptrdiff_t{w.channels} + c;
      auto sum = V::splat(0);
      for (int u = 0; u < w.rows; ++u)
        for (int v = columns.begin; v < columns.end; ++v)
          sum = sum + get(x + (corner + u * row + v * w.channels));
      put(y + std::ptrdiff_t{j} * w.channels + c, sum / divisor);
    });
  }
}

template <class V>
void mean_pool_row_backward(const WindowRow& w, bool average, const float* dy, float* dx) {
  const std::ptrdiff_t row = std::ptrdiff_t{w.width} * w.channels;
  for (int j = 0; j < w.out_width; ++j) {
    const WindowColumns<V> columns(w, j);
    const int cells = w.rows * (columns.end - columns.begin);
    const auto divisor = V::splat(average ? static_cast<float>(cells) : 1.0f);
    for_each_vector<V>(w.channels, [&](std::ptrdiff_t c, auto get, auto put) {
      const std::ptrdiff_t corner = columns.left * std::ptrdiff_t{w.channels} + c;
      const auto share = get(dy + std::ptrdiff_t{j} * w.channels + c) / divisor;
      for (int u = 0; u < w.rows; ++u)
        for (int v = columns.begin; v < columns.end; ++v) {
          float* cell = dx + (corner + u * row + v * w.channels);
          put(cell, get(cell) + share);
        }
    });
  }
}

/// body(offset of the cell's channels in the input, offset / M of its [channels, M] part in the kernel) for
/// each of the window's cells inside the input.
template <class V, class Body>
inline void for_each_cell(const WindowRow& w, int j, Body body) {
  const WindowColumns<V> columns(w, j);
  for (int u = 0; u < w.rows; ++u)
    for (int v = columns.begin; v < columns.end; ++v)
      body((std::ptrdiff_t{u} * w.width + columns.left + v) * w.channels,
           static_cast<std::ptrdiff_t>((w.first_row + u) * w.window_w + v) * w.channels);
}

template <class V>
void depthwise_row(const WindowRow& w, int multiplier, const float* x, const float* kernel, const float* bias,
                   bool relu, float* y) {
  const std::ptrdiff_t filters = std::ptrdiff_t{w.channels} * multiplier;
  for (int j = 0; j < w.out_width; ++j, y += filters) {
    if (multiplier == 1) {
      for_each_vector<V>(filters, [&](std::ptrdiff_t c, auto get, auto put) {
        auto sum = V::splat(0);
        for_each_cell<V>(w, j, [&](std::ptrdiff_t cell, std::ptrdiff_t tap) {
          sum = V::mul_add(get(x + (cell + c)), get(kernel + tap + c), sum);
        });
        if (bias) sum = sum + get(bias + c);
        put(y + c, relu ? V::relu(sum) : sum);
      });
      continue;
    }
    for (int c = 0; c < w.channels; ++c)
      for_each_vector<V>(multiplier, [&](std::ptrdiff_t m, auto get, auto put) {
        const std::ptrdiff_t f = std::ptrdiff_t{c} * multiplier + m;
        auto sum = V::splat(0);
        for_each_cell<V>(w, j, [&](std::ptrdiff_t cell, std::ptrdiff_t tap) {
          sum = V::mul_add(V::splat(x[cell + c]), get(kernel + tap * multiplier + f), sum);
        });
        if (bias) sum = sum + get(bias + f);
        put(y + f, relu ? V::relu(sum) : sum);
      });
  }
}

template <class V>
void depthwise_row_input_gradient(const WindowRow& w, int multiplier, const float* dy, const float* kernel,
                                  float* dx) {
  const std::ptrdiff_t filters = std::ptrdiff_t{w.channels} * multiplier;
  for (int j = 0; j < w.out_width; ++j, dy += filters)
    for_each_cell<V>(w, j, [&](std::ptrdiff_t cell, std::ptrdiff_t tap) {
      if (multiplier == 1)
        for_each_vector<V>(filters, [&](std::ptrdiff_t c, auto get, auto put) {
          float* to = dx + (cell + c);
          put(to, V::mul_add(get(dy + c), get(kernel + tap + c), get(to)));
        });
      else
        for (int c = 0; c < w.channels; ++c)
          for (int m = 0; m < multiplier; ++m)
            dx[cell + c] += dy[c * multiplier + m] * kernel[(tap + c) * multiplier + m];
    });
}

template <class V>
void depthwise_row_kernel_gradient(const WindowRow& w, int multiplier, const float* x, const float* dy,
                                   float* dkernel) {
  const std::ptrdiff_t filters = std::ptrdiff_t{w.channels} * multiplier;
  for (int j = 0; j < w.out_width; ++j, dy += filters)
    for_each_cell<V>(w, j, [&](std::ptrdiff_t cell, std::ptrdiff_t tap) {
      if (multiplier == 1)
        for_each_vector<V>(filters, [&](std::ptrdiff_t c, auto get, auto put) {
          float* to = dkernel + tap + c;
          put(to, V::mul_add(get(x + (cell + c)), get(dy + c), get(to)));
        });
      else
        for (int c = 0; c < w.channels; ++c)
          for (int m = 0; m < multiplier; ++m)
            dkernel[(tap + c) * multiplier + m] += x[cell + c] * dy[c * multiplier + m];
    });
}

}  // namespace cnn
