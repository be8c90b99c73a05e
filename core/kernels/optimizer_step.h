#pragma once
/// One step of each optimizer over one parameter array, by Keras's formulas. Each step reads the gradient g
/// once and reads and writes the weights w and the slots once.

#include <cstddef>

namespace cnn {

class Exec;

///   m = beta_1*m + (1-beta_1)*g
///   v = beta_2*v + (1-beta_2)*g^2
///   w = w - weight_decay*w - step_size * m / (sqrt(v) + epsilon)
/// With step_size = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t), t = 1, 2, ..., epsilon is the
/// paper's epsilon-hat, as in Keras. weight_decay includes the learning rate (AdamW: learning_rate * decay).
/// gradient_scale multiplies g first (clipping by norm).
struct AdamStep {
  float step_size = 0;
  double beta_1 = 0.9, beta_2 = 0.999;  // double, because 1 - 0.999f is off by 5e-5
  float epsilon = 1e-7f, weight_decay = 0, gradient_scale = 1;
};
void adam_update(Exec&, const AdamStep&, std::size_t n, float* w, const float* g, float* m, float* v);

///   velocity = momentum*velocity - learning_rate*g
///   w       += share * (nesterov ? momentum*velocity - learning_rate*g : velocity)
/// Without momentum, velocity may be null. weight_decay and gradient_scale as in AdamStep; gradient_decay*w
/// is added to g. Keras's SGD has share 1. PyTorch's has learning_rate 1, and its learning rate is the
/// share.
struct SgdStep {
  float learning_rate = 0, momentum = 0, weight_decay = 0, gradient_decay = 0, gradient_scale = 1, share = 1;
  bool nesterov = false;
};
void sgd_update(Exec&, const SgdStep&, std::size_t n, float* w, const float* g, float* velocity);

///   v = rho*v + (1-rho)*g^2
///   d = learning_rate * g / sqrt(v + epsilon)
/// With momentum > 0:
///   velocity = momentum*velocity + d
///   w -= velocity
/// Otherwise w -= d, and velocity may be null.
struct RmspropStep {
  float learning_rate = 0;
  double rho = 0.9;  // double for the same reason as AdamStep's betas
  float momentum = 0, epsilon = 1e-7f, weight_decay = 0, gradient_scale = 1;
};
void rmsprop_update(Exec&, const RmspropStep&, std::size_t n, float* w, const float* g, float* v,
                    float* velocity);

/// The dense layer's kernel gradient and its Adam step in one pass, so that a million weights and their
/// moments are touched once per step and no gradient array exists:
///   dx     = dy * w^T, with the weights before the step
///   dbias += column sums of dy
///   g      = x^T * dy
///   Adam on w, m, v with g
/// x [batch,inputs], dy [batch,units], w, m, v [inputs,units]. With `y`, the output of a fused relu, dy
/// counts only where y > 0. A null dx or dbias is not computed. The result is bit-identical to
/// dense_backward into zeroed gradients followed by adam_update. Not for gradient clipping, which needs all
/// gradients first.
struct DenseAdam {
  int batch = 0, inputs = 0, units = 0;
  const float* x = nullptr;
  const float* dy = nullptr;
  const float* y = nullptr;
  float* dx = nullptr;
  float* dbias = nullptr;
  float *w = nullptr, *m = nullptr, *v = nullptr;
};
void dense_backward_adam(Exec&, const DenseAdam&, const AdamStep&);

}  // namespace cnn
