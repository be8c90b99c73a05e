#include "core/kernels/elementwise.h"

#include <cmath>

#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {

void add(Exec& exec, std::size_t n, const float* a, const float* b, float* y) {
  exec.count_flops(static_cast<double>(n));
  for_each_piece(exec, n,
                 [&](std::size_t i, std::size_t count) { exec.kernels().add(count, a + i, b + i, y + i); });
}

void scale(Exec& exec, std::size_t n, float factor, const float* x, float* y) {
  exec.count_flops(static_cast<double>(n));
  for_each_piece(
      exec, n, [&](std::size_t i, std::size_t count) { exec.kernels().scale(count, factor, x + i, y + i); });
}

void axpy(Exec& exec, std::size_t n, float factor, const float* x, float* y) {
  exec.count_flops(2.0 * static_cast<double>(n));
  for_each_piece(exec, n,
                 [&](std::size_t i, std::size_t count) { exec.kernels().axpy(count, factor, x + i, y + i); });
}

void lerp(Exec& exec, std::size_t n, float weight, const float* x, float* y) {
  exec.count_flops(3.0 * static_cast<double>(n));
  for_each_piece(exec, n,
                 [&](std::size_t i, std::size_t count) { exec.kernels().lerp(count, weight, x + i, y + i); });
}

double sum_of_squares(Exec& exec, std::size_t n, const float* x) {
  constexpr std::size_t kPiece = 16384;
  exec.count_flops(2.0 * static_cast<double>(n));
  const int pieces = static_cast<int>((n + kPiece - 1) / kPiece);
  Scratch::Frame frame(exec.scratch());
  double* sums = static_cast<double*>(frame.bytes(size(pieces) * sizeof(double)));
  exec.pool().parallel_for(pieces, [&](int piece, int) {
    const std::size_t begin = size(piece) * kPiece;
    sums[piece] = exec.kernels().sum_of_squares(std::min(kPiece, n - begin), x + begin);
  });
  double sum = 0;
  for (int piece = 0; piece < pieces; ++piece) sum += sums[piece];
  return sum;
}

void add_column_sums(Exec& exec, int rows, int channels, const float* x, float* sums) {
  constexpr int kRows = 256;
  exec.count_flops(static_cast<double>(rows) * channels);
  const int pieces = (rows + kRows - 1) / kRows;
  const std::size_t width = size(channels);
  Scratch::Frame frame(exec.scratch());
  float* parts = frame.floats(size(pieces) * width);
  exec.pool().parallel_for(pieces, [&](int piece, int) {
    const int first = piece * kRows;
    exec.kernels().column_sums(std::min(kRows, rows - first), channels, x + size(first) * width,
                               parts + size(piece) * width);
  });
  for (std::size_t c = 0; c < width; ++c) {
    double sum = 0;
    for (int piece = 0; piece < pieces; ++piece) sum += static_cast<double>(parts[size(piece) * width + c]);
    sums[c] += static_cast<float>(sum);
  }
}

void fill(Exec& exec, std::size_t n, float value, float* y) {
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) { std::fill_n(y + i, count, value); });
}

void dropout_forward(Exec& exec, float rate, const RandomStream& random, std::size_t n, const float* x,
                     float* y, std::uint8_t* mask) {
  exec.count_flops(static_cast<double>(n));
  const auto threshold = static_cast<std::uint32_t>(static_cast<double>(rate) * 0x1p32);
  const float factor = 1 / (1 - rate);
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    const std::uint64_t key = random.block_key(static_cast<std::uint32_t>(std::uint64_t{i} >> 32));
    const DropoutRule rule{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32), threshold,
                           factor};
    exec.kernels().dropout_forward(rule, static_cast<std::uint32_t>(i), count, x + i, y + i, mask + i);
  });
}

void dropout_backward(Exec& exec, float rate, std::size_t n, const float* dy, const std::uint8_t* mask,
                      float* dx) {
  exec.count_flops(static_cast<double>(n));
  const float factor = 1 / (1 - rate);
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().dropout_backward(factor, count, dy + i, mask + i, dx + i);
  });
}

void images_to_float(Exec& exec, int count, int channels, int height, int width,
                     const std::uint8_t* const* images, float scale, float* y) {
  const std::size_t area = size(height) * size(width);
  const std::size_t depth = size(channels);
  exec.count_flops(static_cast<double>(count) * static_cast<double>(area * depth));
  exec.pool().parallel_for(count, [&](int image, int) {
    const std::uint8_t* from = images[image];
    float* to = y + size(image) * area * depth;
    for (std::size_t pixel = 0; pixel < area; ++pixel)
      for (std::size_t c = 0; c < depth; ++c)
        to[pixel * depth + c] = scale * static_cast<float>(from[c * area + pixel]);
  });
}

}  // namespace cnn
