#include "core/kernels/activation.h"

#include <algorithm>
#include <cmath>

#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
/// Rows of `width` numbers in a piece of about 8192 numbers.
int rows_of(int width) { return std::max(1, 8192 / std::max(1, width)); }
}  // namespace

void activation_forward(Exec& exec, Activation kind, float alpha, std::size_t n, const float* x, float* y) {
  exec.count_flops(static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().activation_forward(kind, alpha, count, x + i, y + i);
  });
}

void activation_backward(Exec& exec, Activation kind, float alpha, std::size_t n, const float* x,
                         const float* y, const float* dy, float* dx) {
  exec.count_flops(static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().activation_backward(kind, alpha, count, x ? x + i : x, y ? y + i : y, dy + i, dx + i);
  });
}

void softmax_forward(Exec& exec, int rows, int classes, const float* x, float* y) {
  exec.count_flops(3.0 * rows * classes);
  for_each_row_piece(exec, rows, rows_of(classes), [&](int first, int count) {
    const std::size_t at = size(first) * size(classes);
    exec.kernels().softmax_forward(count, classes, x + at, y + at);
  });
}

void softmax_backward(Exec& exec, int rows, int classes, const float* y, const float* dy, float* dx) {
  exec.count_flops(4.0 * rows * classes);
  for_each_row_piece(exec, rows, rows_of(classes), [&](int first, int count) {
    const std::size_t at = size(first) * size(classes);
    exec.kernels().softmax_backward(count, classes, y + at, dy + at, dx + at);
  });
}

void log_softmax_forward(Exec& exec, int rows, int classes, const float* x, float* y) {
  exec.count_flops(3.0 * rows * classes);
  for_each_row_piece(exec, rows, rows_of(classes), [&](int first, int count) {
    const std::size_t n = size(classes);
    for (std::size_t r = size(first); r < size(first + count); ++r) {
      const float* in = x + r * n;
      const float largest = *std::max_element(in, in + n);
      double sum = 0;
      for (std::size_t c = 0; c < n; ++c) sum += std::exp(static_cast<double>(in[c] - largest));
      const double shift = static_cast<double>(largest) + std::log(sum);
      for (std::size_t c = 0; c < n; ++c)
        y[r * n + c] = static_cast<float>(static_cast<double>(in[c]) - shift);
    }
  });
}

void log_softmax_backward(Exec& exec, int rows, int classes, const float* y, const float* dy, float* dx) {
  exec.count_flops(3.0 * rows * classes);
  for_each_row_piece(exec, rows, rows_of(classes), [&](int first, int count) {
    const std::size_t n = size(classes);
    for (std::size_t r = size(first); r < size(first + count); ++r) {
      double sum = 0;
      for (std::size_t c = 0; c < n; ++c) sum += static_cast<double>(dy[r * n + c]);
      for (std::size_t c = 0; c < n; ++c) {
        const double share = std::exp(static_cast<double>(y[r * n + c]));
        dx[r * n + c] = static_cast<float>(static_cast<double>(dy[r * n + c]) - share * sum);
      }
    }
  });
}

void maxout_forward(Exec& exec, int rows, int groups, int pieces, const float* x, float* y,
                    std::uint8_t* winners) {
  for_each_row_piece(exec, rows, rows_of(groups * pieces), [&](int first, int count) {
    const std::size_t at = size(first) * size(groups);
    const std::size_t n = size(count) * size(groups);
    const float* from = x + at * size(pieces);
    for (std::size_t i = 0; i < n; ++i, from += pieces) {
      int winner = 0;
      for (int p = 1; p < pieces; ++p)
        if (from[p] > from[winner] || (from[p] != from[p] && from[winner] == from[winner])) winner = p;
      y[at + i] = from[winner];
      if (winners) winners[at + i] = static_cast<std::uint8_t>(winner);
    }
  });
}

void maxout_backward(Exec& exec, int rows, int groups, int pieces, const float* dy,
                     const std::uint8_t* winners, float* dx) {
  for_each_row_piece(exec, rows, rows_of(groups * pieces), [&](int first, int count) {
    const std::size_t at = size(first) * size(groups);
    const std::size_t n = size(count) * size(groups);
    float* to = dx + at * size(pieces);
    for (std::size_t i = 0; i < n; ++i, to += pieces)
      for (int p = 0; p < pieces; ++p) to[p] = p == winners[at + i] ? dy[at + i] : 0;
  });
}

}  // namespace cnn
