#pragma once
// Activation functions, softmax and maxout, forward and backward.

#include <cstddef>
#include <cstdint>

namespace cnn {

class Exec;

/// The element-wise functions f; softmax has functions of its own below.
///   linear x · relu max(x, 0) · sigmoid 1/(1+e^-x) · tanh · leaky_relu x or alpha*x · elu x or alpha*(e^x -
///   1) gelu x * Phi(x), with the exact normal distribution (Keras's approximate=False)
/// NaN stays NaN. exp, tanh and Phi are within 4e-7 relative (absolute below 1) of the exact value.
enum class Activation { linear, relu, sigmoid, tanh, leaky_relu, elu, gelu, gelu_tanh, softmax };

/// y = f(x), not softmax; y may be x.
void activation_forward(Exec&, Activation, float alpha, std::size_t n, const float* x, float* y);
/// dx = dy * f'(x), not softmax; dx may be dy. x may be null for all but gelu, which alone reads it; y may be
/// null for gelu and linear. At a kink f' is the left one (0 for relu), as in Keras. alpha >= 0.
void activation_backward(Exec&, Activation, float alpha, std::size_t n, const float* x, const float* y,
                         const float* dy, float* dx);

/// y[r,c] = e^(x[r,c] - max) / sum; y may be x. Any finite x gives finite y.
void softmax_forward(Exec&, int rows, int classes, const float* x, float* y);
/// dx[r,c] = y[r,c] * (dy[r,c] - sum_k dy[r,k] * y[r,k]); dx may be dy.
void softmax_backward(Exec&, int rows, int classes, const float* y, const float* dy, float* dx);

/// x [rows, groups, pieces] -> y [rows, groups], the largest piece; winners its number (first of equals; NaN
/// wins), hence at most 256 pieces. winners may be null.
void maxout_forward(Exec&, int rows, int groups, int pieces, const float* x, float* y, std::uint8_t* winners);
/// dx = dy at the winner, 0 elsewhere.
void maxout_backward(Exec&, int rows, int groups, int pieces, const float* dy, const std::uint8_t* winners,
                     float* dx);

}  // namespace cnn
