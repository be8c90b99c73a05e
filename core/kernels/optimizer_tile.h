#pragma once
/// Optimizer steps for any vector type. Contract: optimizer_step.h.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// One vector of Adam: updates w, m, v.
template <class V>
struct AdamVector {
  using F = typename V::F;
  F step_size, beta_1, rest_1, beta_2, rest_2, epsilon, keep, gradient_scale;
  explicit AdamVector(const AdamStep& s)
      : step_size(V::splat(s.step_size)),
        beta_1(V::splat(static_cast<float>(s.beta_1))),
        rest_1(V::splat(static_cast<float>(1 - s.beta_1))),
        beta_2(V::splat(static_cast<float>(s.beta_2))),
        rest_2(V::splat(static_cast<float>(1 - s.beta_2))),
        epsilon(V::splat(s.epsilon)),
        keep(V::splat(1 - s.weight_decay)),
        gradient_scale(V::splat(s.gradient_scale)) {}
  void operator()(F g, F& w, F& m, F& v) const {
    g = g * gradient_scale;
    m = beta_1 * m + rest_1 * g;
    v = beta_2 * v + rest_2 * (g * g);
    w = w * keep - step_size * m / (V::sqrt(v) + epsilon);
  }
};

template <class V>
void adam_range(const AdamStep& step, std::size_t n, float* w, const float* g, float* m, float* v) {
  const AdamVector<V> adam(step);
  for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) {
    auto weight = get(w + i), mean = get(m + i), variance = get(v + i);
    adam(get(g + i), weight, mean, variance);
    put(w + i, weight);
    put(m + i, mean);
    put(v + i, variance);
  });
}

template <class V>
void sgd_range(const SgdStep& s, std::size_t n, float* w, const float* g, float* velocity) {
  const auto rate = V::splat(s.learning_rate * s.gradient_scale), momentum = V::splat(s.momentum);
  const auto keep = V::splat(1 - s.weight_decay), shrink = V::splat(s.learning_rate * s.gradient_decay);
  const auto share = V::splat(s.share);
  for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) {
    auto move = V::splat(0) - rate * get(g + i);
    if (s.gradient_decay > 0) move = move - shrink * get(w + i);
    if (velocity) {
      const auto speed = momentum * get(velocity + i) + move;
      put(velocity + i, speed);
      move = s.nesterov ? momentum * speed + move : speed;
    }
    put(w + i, get(w + i) * keep + share * move);
  });
}

template <class V>
void rmsprop_range(const RmspropStep& s, std::size_t n, float* w, const float* g, float* v, float* velocity) {
  const auto rho = V::splat(static_cast<float>(s.rho)), rest = V::splat(static_cast<float>(1 - s.rho));
  const auto rate = V::splat(s.learning_rate);
  const auto epsilon = V::splat(s.epsilon), momentum = V::splat(s.momentum),
             keep = V::splat(1 - s.weight_decay);
  const auto gradient_scale = V::splat(s.gradient_scale);
  for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) {
    const auto gradient = get(g + i) * gradient_scale;
    const auto square = rho * get(v + i) + rest * (gradient * gradient);
    put(v + i, square);
    auto move = rate * gradient / V::sqrt(square + epsilon);
    if (s.momentum > 0) {
      move = momentum * get(velocity + i) + move;
      put(velocity + i, move);
    }
    put(w + i, get(w + i) * keep - move);
  });
}

}  // namespace cnn
