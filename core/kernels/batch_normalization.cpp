#include "core/kernels/batch_normalization.h"

#include <cmath>

#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
constexpr int kRows = 256;  // in each piece of a sum

int row_pieces(int rows) { return divide_up(rows, kRows); }

/// body(row count, offset of the first row in x, offset of the piece in the partial sums)
template <class Body>
void for_each_part(Exec& exec, int rows, int channels, Body body) {
  for_each_row_piece(exec, rows, kRows, [&](int first, int count) {
    body(count, size(first) * size(channels), size(first / kRows) * size(channels));
  });
}

double sum_of_pieces(const float* parts, int pieces, int channels, int c) {
  double sum = 0;
  for (int piece = 0; piece < pieces; ++piece)
    sum += static_cast<double>(parts[size(piece) * size(channels) + size(c)]);
  return sum;
}

void normalize(Exec& exec, const BatchNormalizationInput& in, const float* mean, const float* variance,
               float* y) {
  const int channels = in.channels;
  Scratch::Frame frame(exec.scratch());
  float* factor = frame.floats(size(channels));
  float* offset = frame.floats(size(channels));
  for (int c = 0; c < channels; ++c) {
    factor[c] = (in.gamma ? in.gamma[c] : 1) / std::sqrt(variance[c] + in.epsilon);
    offset[c] = in.beta ? in.beta[c] : 0;
  }
  for_each_part(exec, in.rows, channels, [&](int count, std::size_t at, std::size_t) {
    exec.kernels().column_normalize(count, channels, in.x + at, mean, factor, offset, y + at);
  });
}
}  // namespace

void batch_normalization_forward_training(Exec& exec, const BatchNormalizationInput& in, float* mean,
                                          float* variance, float* y) {
  const int rows = in.rows, channels = in.channels;
  exec.count_flops(6.0 * rows * channels);
  const int pieces = row_pieces(rows);
  Scratch::Frame frame(exec.scratch());
  float* parts = frame.floats(size(pieces) * size(channels));
  for_each_part(exec, rows, channels, [&](int count, std::size_t at, std::size_t part) {
    exec.kernels().column_sums(count, channels, in.x + at, parts + part);
  });
  for (int c = 0; c < channels; ++c)
    mean[c] = static_cast<float>(sum_of_pieces(parts, pieces, channels, c) / rows);
  for_each_part(exec, rows, channels, [&](int count, std::size_t at, std::size_t part) {
    exec.kernels().column_squares(count, channels, in.x + at, mean, parts + part);
  });
  for (int c = 0; c < channels; ++c)
    variance[c] = static_cast<float>(sum_of_pieces(parts, pieces, channels, c) / rows);
  normalize(exec, in, mean, variance, y);
}

void batch_normalization_forward_inference(Exec& exec, const BatchNormalizationInput& in, const float* mean,
                                           const float* variance, float* y) {
  exec.count_flops(2.0 * in.rows * in.channels);
  normalize(exec, in, mean, variance, y);
}

void batch_normalization_backward(Exec& exec, const BatchNormalizationInput& in, const float* mean,
                                  const float* variance, const float* dy,
                                  const BatchNormalizationGradients& d) {
  const int rows = in.rows, channels = in.channels;
  exec.count_flops(8.0 * rows * channels);
  const int pieces = row_pieces(rows);
  Scratch::Frame frame(exec.scratch());
  float* dots = frame.floats(size(pieces) * size(channels));
  float* sums = frame.floats(size(pieces) * size(channels));
  float* of_dy = frame.floats(size(channels));
  float* of_x = frame.floats(size(channels));
  float* constant = frame.floats(size(channels));
  for_each_part(exec, rows, channels, [&](int count, std::size_t at, std::size_t part) {
    exec.kernels().column_dots(count, channels, in.x + at, mean, dy + at, dots + part, sums + part);
  });
  for (int c = 0; c < channels; ++c) {
    const double deviation = std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(in.epsilon));
    const double dot = sum_of_pieces(dots, pieces, channels, c) / deviation;
    const double sum = sum_of_pieces(sums, pieces, channels, c);
    if (d.gamma) d.gamma[c] += static_cast<float>(dot);
    if (d.beta) d.beta[c] += static_cast<float>(sum);
    // dx = factor * (dy - sum/rows - (x - mean)/deviation * dot/rows), written as a*dy + b*(x - mean) + c.
    const double factor = (in.gamma ? static_cast<double>(in.gamma[c]) : 1) / deviation;
    of_dy[c] = static_cast<float>(factor);
    of_x[c] = static_cast<float>(-factor * dot / deviation / rows);
    constant[c] = static_cast<float>(-factor * sum / rows);
  }
  if (!d.x) return;
  for_each_part(exec, rows, channels, [&](int count, std::size_t at, std::size_t) {
    exec.kernels().column_blend(count, channels, {of_dy, of_x, mean, constant}, dy + at, in.x + at, d.x + at);
  });
}

}  // namespace cnn
