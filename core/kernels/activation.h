#pragma once
/// Activation functions, softmax and maxout, forward and backward.

#include <cstddef>
#include <cstdint>

namespace cnn {

class Exec;

/// The element-wise functions f; softmax and log_softmax have functions of their own below.
///   linear      x
///   relu        max(x, 0)
///   sigmoid     1 / (1 + e^-x)
///   tanh        tanh(x)
///   leaky_relu  x < 0 ? alpha * x : x
///   elu         x < 0 ? alpha * (e^x - 1) : x
///   gelu        x * Phi(x), with the exact normal distribution (Keras's approximate=False)
///   gelu_tanh   x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))
///   silu        x / (1 + e^-x)
///   selu        1.0507 * (x < 0 ? 1.67326 * (e^x - 1) : x), with the exact constants
///   softplus    ln(1 + e^x)
///   softsign    x / (1 + |x|)
///   relu6       min(max(x, 0), alpha)
///   mish        x * tanh(ln(1 + e^x))
///   hard_sigmoid  min(max(alpha * x + 1/2, 0), 1)
///   hard_silu   x * min(max(x/6 + 1/2, 0), 1)
/// NaN stays NaN. exp, tanh and Phi are within 4e-7 relative (absolute below 1) of the exact value.
enum class Activation {
  linear,
  relu,
  sigmoid,
  tanh,
  leaky_relu,
  elu,
  gelu,
  gelu_tanh,
  softmax,
  silu,
  selu,
  softplus,
  softsign,
  relu6,
  mish,
  hard_sigmoid,
  hard_silu,
  log_softmax
};

/// Whether activation_backward reads x instead of y.
inline bool reads_x(Activation kind) {
  return kind == Activation::gelu || kind == Activation::gelu_tanh || kind == Activation::silu ||
         kind == Activation::softplus || kind == Activation::mish || kind == Activation::hard_silu;
}

/// y = f(x), for all but softmax and log_softmax; y may be x.
void activation_forward(Exec&, Activation, float alpha, std::size_t n, const float* x, float* y);
/// dx = dy * f'(x), for all but softmax and log_softmax; dx may be dy. Reads x where reads_x(), else y; the
/// other one may be null, and both for linear. At a kink f' is the left derivative (0 for relu), as in Keras;
/// where relu6 and hard_sigmoid reach their upper limit it is 0. alpha >= 0.
void activation_backward(Exec&, Activation, float alpha, std::size_t n, const float* x, const float* y,
                         const float* dy, float* dx);

/// y[r,c] = e^(x[r,c] - max) / sum; y may be x. Any finite x gives finite y.
void softmax_forward(Exec&, int rows, int classes, const float* x, float* y);
/// dx[r,c] = y[r,c] * (dy[r,c] - sum_k dy[r,k] * y[r,k]); dx may be dy.
void softmax_backward(Exec&, int rows, int classes, const float* y, const float* dy, float* dx);

/// y[r,c] = x[r,c] - max - ln(sum of e^(x - max)); y may be x.
void log_softmax_forward(Exec&, int rows, int classes, const float* x, float* y);
/// dx[r,c] = dy[r,c] - e^y[r,c] * sum_k dy[r,k]; dx may be dy.
void log_softmax_backward(Exec&, int rows, int classes, const float* y, const float* dy, float* dx);

/// x [rows, groups, pieces] -> y [rows, groups], the largest piece. winners [rows, groups]: the index of that
/// piece, so at most 256 pieces; the first of equals wins, and NaN wins over numbers. winners may be null.
void maxout_forward(Exec&, int rows, int groups, int pieces, const float* x, float* y, std::uint8_t* winners);
/// dx = dy at the winner, 0 elsewhere.
void maxout_backward(Exec&, int rows, int groups, int pieces, const float* dy, const std::uint8_t* winners,
                     float* dx);

}  // namespace cnn
