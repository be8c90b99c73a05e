#pragma once
/// Passes over arrays: sums, dropout, image bytes to floats.

#include <cstddef>
#include <cstdint>

#include "core/base/random.h"

namespace cnn {

class Exec;

/// y = a + b; y may be either.
void add(Exec&, std::size_t n, const float* a, const float* b, float* y);
/// y = factor * x; y may be x.
void scale(Exec&, std::size_t n, float factor, const float* x, float* y);
/// y += factor * x.
void axpy(Exec&, std::size_t n, float factor, const float* x, float* y);
/// Summed in double, in pieces of fixed size, added in order.
double sum_of_squares(Exec&, std::size_t n, const float* x);
/// y = weight * y + (1 - weight) * x, an exponential moving average.
void lerp(Exec&, std::size_t n, float weight, const float* x, float* y);
/// sums[c] += sum over rows of x[rows, channels].
void add_column_sums(Exec&, int rows, int channels, const float* x, float* sums);
void fill(Exec&, std::size_t n, float value, float* y);

/// Inverted dropout: y[i] = random.number(i) >= rate * 2^32 ? x[i] / (1 - rate) : 0. 0 <= rate < 1.
/// mask [n] is 1 where x[i] is kept, else 0. y may be x.
void dropout_forward(Exec&, float rate, const RandomStream& random, std::size_t n, const float* x, float* y,
                     std::uint8_t* mask);
/// dx = mask ? dy / (1 - rate) : 0; dx may be dy.
void dropout_backward(Exec&, float rate, std::size_t n, const float* dy, const std::uint8_t* mask, float* dx);

/// y [count, height, width, channels] = scale * images[i] [channels, height, width], which is the layout of
/// CIFAR-10's files.
void images_to_float(Exec&, int count, int channels, int height, int width, const std::uint8_t* const* images,
                     float scale, float* y);

}  // namespace cnn
