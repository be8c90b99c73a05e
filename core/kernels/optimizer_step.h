#pragma once
// One step of each optimizer over one parameter array. All are Keras's formulas; g is read once, w and the
// slots are read and written once.

#include <cstddef>

namespace cnn {

class Exec;

/// m = beta_1*m + (1-beta_1)*g;  v = beta_2*v + (1-beta_2)*g^2
/// w = w - weight_decay*w - step_size * m / (sqrt(v) + epsilon)
/// step_size = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t), t = 1, 2, ...: so epsilon is the paper's
/// epsilon-hat, as in Keras. weight_decay already holds the learning rate's factor (AdamW: learning_rate *
/// decay). gradient_scale multiplies g first (clipping by norm).
struct AdamStep {
  float step_size = 0;
  double beta_1 = 0.9, beta_2 = 0.999;  // 1 - beta is taken before rounding: 1 - 0.999f is 5e-5 off
  float epsilon = 1e-7f, weight_decay = 0, gradient_scale = 1;
};
void adam_update(Exec&, const AdamStep&, std::size_t n, float* w, const float* g, float* m, float* v);

/// velocity = momentum*velocity - learning_rate*g;  w += share * (nesterov ? momentum*velocity -
/// learning_rate*g : velocity). Without momentum velocity may be null. Weight decay and scale as above;
/// gradient_decay*w is added to g. Keras has share 1; PyTorch has learning_rate 1, and its learning rate is
/// the share.
struct SgdStep {
  float learning_rate = 0, momentum = 0, weight_decay = 0, gradient_decay = 0, gradient_scale = 1, share = 1;
  bool nesterov = false;
};
void sgd_update(Exec&, const SgdStep&, std::size_t n, float* w, const float* g, float* velocity);

/// v = rho*v + (1-rho)*g^2;  d = learning_rate * g / sqrt(v + epsilon);
/// momentum > 0: velocity = momentum*velocity + d, w -= velocity; else w -= d and velocity may be null.
struct RmspropStep {
  float learning_rate = 0;
  double rho = 0.9;  // as beta above
  float momentum = 0, epsilon = 1e-7f, weight_decay = 0, gradient_scale = 1;
};
void rmsprop_update(Exec&, const RmspropStep&, std::size_t n, float* w, const float* g, float* v,
                    float* velocity);

/// The dense layer's kernel gradient and its Adam step in one pass, so that a million weights, their moments
/// and the gradient are touched once per step and no gradient array exists:
///   dx = dy * w^T (with the weights before the step; null: not wanted);  g = x^T * dy;  Adam on w, m, v with
///   g.
/// x [batch,inputs], dy [batch,units], w, m, v [inputs,units]; with `y`, a fused relu's output, dy counts
/// where y > 0. dbias += column sums of dy (null: not wanted). Gives the bits that dense_backward into zeroed
/// gradients, then adam_update give. For training without gradient clipping, which would need all gradients
/// first.
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
