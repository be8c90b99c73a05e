#pragma once
/// Activation functions, softmax and maxout, forward and backward.

#include <cstddef>
#include <cstdint>

namespace cnn {

class Exec;

/// The element-wise functions f; softmax has functions of its own below.
///   linear      x
///   relu        max(x, 0)
///   sigmoid     1 / (1 + e^-x)
///   tanh        tanh(x)
///   leaky_relu  x < 0 ? alpha * x : x
///   elu         x < 0 ? alpha * (e^x - 1) : x
///   gelu        x * Phi(x), with the exact normal distribution (Keras's approximate=False)
///   gelu_tanh   x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))
/// NaN stays NaN. exp, tanh and Phi are within 4e-7 relative (absolute below 1) of the exact value.
enum class Activation { linear, relu, sigmoid, tanh, leaky_relu, elu, gelu, gelu_tanh, softmax };

/// y = f(x), for all but softmax; y may be x.
void activation_forward(Exec&, Activation, float alpha, std::size_t n, const float* x, float* y);
/// dx = dy * f'(x), for all but softmax; dx may be dy. Only gelu and gelu_tanh read x; for the others it may
/// be null. y may be null for gelu, gelu_tanh and linear. At a kink f' is the left derivative (0 for relu),
/// as in Keras. alpha >= 0.
void activation_backward(Exec&, Activation, float alpha, std::size_t n, const float* x, const float* y,
                         const float* dy, float* dx);

/// y[r,c] = e^(x[r,c] - max) / sum; y may be x. Any finite x gives finite y.
void softmax_forward(Exec&, int rows, int classes, const float* x, float* y);
/// dx[r,c] = y[r,c] * (dy[r,c] - sum_k dy[r,k] * y[r,k]); dx may be dy.
void softmax_backward(Exec&, int rows, int classes, const float* y, const float* dy, float* dx);

/// x [rows, groups, pieces] -> y [rows, groups], the largest piece. winners [rows, groups]: the index of that
/// piece, so at most 256 pieces; the first of equals wins, and NaN wins over numbers. winners may be null.
void maxout_forward(Exec&, int rows, int groups, int pieces, const float* x, float* y, std::uint8_t* winners);
/// dx = dy at the winner, 0 elsewhere.
void maxout_backward(Exec&, int rows, int groups, int pieces, const float* dy, const std::uint8_t* winners,
                     float* dx);

}  // namespace cnn
