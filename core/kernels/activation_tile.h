#pragma once
/// exp and functions built on it, activation functions and softmax, for any vector type.
/// Contract: activation.h.

#include "core/kernels/kernel_set.h"
#include "core/kernels/vector.h"

namespace cnn {

/// e^x = 2^power * (1 + r + r^2 * tail) with |r| <= ln(2)/2; x in [-87, 88]. Coefficients: Cephes expf.
template <class V>
struct ExpParts {
  typename V::F r, square_tail, power_of_two;
  explicit ExpParts(typename V::F x) {
    using F = typename V::F;
    using I = typename V::I;
    x = select<V>(x < V::splat(-87.0f), V::splat(-87.0f), x);  // NaN stays
    x = select<V>(x > V::splat(88.0f), V::splat(88.0f), x);
    // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits.
    const F shifted = x * V::splat(1.44269504f) + V::splat(12582912.0f);
    const F n = shifted - V::splat(12582912.0f);
    const I exponent = as_int<V>(shifted) - as_int<V>(V::splat(12582912.0f));
    r = x - n * V::splat(0.693359375f);  // ln(2) in two parts; products with the first are exact
    r = r + n * V::splat(2.12194440e-4f);
    F p = V::splat(1.9875691500e-4f);
    p = V::mul_add(p, r, V::splat(1.3981999507e-3f));
    p = V::mul_add(p, r, V::splat(8.3334519073e-3f));
    p = V::mul_add(p, r, V::splat(4.1665795894e-2f));
    p = V::mul_add(p, r, V::splat(1.6666665459e-1f));
    p = V::mul_add(p, r, V::splat(5.0000001201e-1f));
    square_tail = p * r * r;
    power_of_two = as_float<V>((exponent + 127) << 23);
  }
};
template <class V>
inline typename V::F exponential(typename V::F x) {
  const ExpParts<V> e(x);
  return (e.square_tail + e.r + V::splat(1)) * e.power_of_two;
}
template <class V>
inline typename V::F exponential_minus_1(typename V::F x) {
  const ExpParts<V> e(x);
  return (e.square_tail + e.r) * e.power_of_two + (e.power_of_two - V::splat(1));
}

template <class V>
inline typename V::F sigmoid(typename V::F x) {
  const typename V::F one = V::splat(1), e = exponential<V>(-absolute<V>(x));
  const typename V::F small = e / (one + e);  // sigmoid(-|x|)
  return select<V>(x < V::splat(0), small, one / (one + e));
}

/// Below 0.625 Cephes's polynomial, which avoids the cancellation in 1 - e^-2x.
template <class V>
inline typename V::F hyperbolic_tangent(typename V::F x) {
  using F = typename V::F;
  const F size = absolute<V>(x), square = x * x;
  F p = V::splat(-5.70498872745e-3f);
  p = V::mul_add(p, square, V::splat(2.06390887954e-2f));
  p = V::mul_add(p, square, V::splat(-5.37397155531e-2f));
  p = V::mul_add(p, square, V::splat(1.33314422036e-1f));
  p = V::mul_add(p, square, V::splat(-3.33332819422e-1f));
  const F small = p * square * x + x;
  const F e = exponential<V>(size * V::splat(-2));
  const F large = (V::splat(1) - e) / (V::splat(1) + e);
  return select<V>(size < V::splat(0.625f), small, select<V>(x < V::splat(0), -large, large));
}

/// The standard normal cumulative distribution at x, given bell = e^(-x^2/2). Abramowitz and Stegun 7.1.26,
/// absolute error 1.5e-7 / 2.
template <class V>
inline typename V::F normal_integral(typename V::F x, typename V::F bell) {
  using F = typename V::F;
  // The argument is |x| / sqrt(2); the constant includes that factor.
  const F t = V::splat(1) / V::mul_add(absolute<V>(x), V::splat(0.3275911f * 0.707106781f), V::splat(1));
  F p = V::splat(1.061405429f);
  p = V::mul_add(p, t, V::splat(-1.453152027f));
  p = V::mul_add(p, t, V::splat(1.421413741f));
  p = V::mul_add(p, t, V::splat(-0.284496736f));
  p = V::mul_add(p, t, V::splat(0.254829592f));
  const F upper_tail = V::splat(0.5f) * p * t * bell;
  return select<V>(x < V::splat(0), upper_tail, V::splat(1) - upper_tail);
}
template <class V>
inline typename V::F bell(typename V::F x) {
  return exponential<V>(V::splat(-0.5f) * x * x);
}

/// gelu_tanh(x) = x/2 * (1 + tanh(u)) = x * sigmoid(2u), u = sqrt(2/pi) * (x + 0.044715 x^3). This is 2u.
template <class V>
inline typename V::F gelu_gate(typename V::F x) {
  return V::splat(1.59576912f) * x * V::mul_add(x * x, V::splat(0.044715f), V::splat(1));
}

/// ln(1 + t) for t from 0 to 1, as 2 * artanh(t / (2 + t)): the series has nine terms for s <= 1/3.
template <class V>
inline typename V::F log_1_plus(typename V::F t) {
  using F = typename V::F;
  const F s = t / (V::splat(2) + t), square = s * s;
  F p = V::splat(1.0f / 17);
  p = V::mul_add(p, square, V::splat(1.0f / 15));
  p = V::mul_add(p, square, V::splat(1.0f / 13));
  p = V::mul_add(p, square, V::splat(1.0f / 11));
  p = V::mul_add(p, square, V::splat(1.0f / 9));
  p = V::mul_add(p, square, V::splat(1.0f / 7));
  p = V::mul_add(p, square, V::splat(1.0f / 5));
  p = V::mul_add(p, square, V::splat(1.0f / 3));
  p = V::mul_add(p, square, V::splat(1));
  return V::splat(2) * s * p;
}

/// tanh(ln(1 + e^x)) = ((1 + e^x)^2 - 1) / ((1 + e^x)^2 + 1) as a fraction of small numbers: with t = e^-|x|,
/// above / below.
template <class V>
struct MishGate {
  typename V::F above, below, gap;  // gap = below - above, without its rounding
  explicit MishGate(typename V::F x) {
    using F = typename V::F;
    const F t = exponential<V>(-absolute<V>(x)), twice = V::splat(2) * t;
    above = select<V>(x < V::splat(0), t * t + twice, V::splat(1) + twice);
    gap = select<V>(x < V::splat(0), V::splat(2), twice * t);
    below = above + gap;
  }
};

/// min(max(x, 0), most); NaN stays.
template <class V>
inline typename V::F clip(typename V::F x, typename V::F most) {
  const typename V::F positive = V::relu(x);
  return select<V>(positive > most, most, positive);
}

/// Klambauer et al. 2017.
inline constexpr float kSeluScale = 1.05070098735548049f, kSeluAlpha = 1.75809934084737685f;  // scale * alpha

template <class V>
void activation_forward_range(Activation kind, float alpha, std::size_t n, const float* x, float* y) {
  using F = typename V::F;
  const F slope = V::splat(alpha), zero = V::splat(0);
  const auto map = [&](auto f) {
    for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) { put(y + i, f(get(x + i))); });
  };
  switch (kind) {
    case Activation::relu:
      return map([](F v) { return V::relu(v); });
    case Activation::sigmoid:
      return map([](F v) { return sigmoid<V>(v); });
    case Activation::tanh:
      return map([](F v) { return hyperbolic_tangent<V>(v); });
    case Activation::leaky_relu:
      return map([=](F v) { return select<V>(v < zero, slope * v, v); });
    case Activation::elu:
      return map([=](F v) { return select<V>(v < zero, slope * exponential_minus_1<V>(v), v); });
    case Activation::gelu:
      return map([](F v) { return v * normal_integral<V>(v, bell<V>(v)); });
    case Activation::gelu_tanh:
      return map([](F v) { return v * sigmoid<V>(gelu_gate<V>(v)); });
    case Activation::silu:
      return map([](F v) { return v * sigmoid<V>(v); });
    case Activation::selu:
      return map([=](F v) {
        return select<V>(v < zero, V::splat(kSeluAlpha) * exponential_minus_1<V>(v),
                         V::splat(kSeluScale) * v);
      });
    case Activation::softplus:
      return map([](F v) { return V::relu(v) + log_1_plus<V>(exponential<V>(-absolute<V>(v))); });
    case Activation::softsign:
      return map([](F v) { return v / (V::splat(1) + absolute<V>(v)); });
    case Activation::relu6:
      return map([=](F v) { return clip<V>(v, slope); });
    case Activation::mish:
      return map([](F v) {
        const MishGate<V> gate(v);
        return v * (gate.above / gate.below);
      });
    case Activation::hard_sigmoid:
      return map([=](F v) { return clip<V>(slope * v + V::splat(0.5f), V::splat(1)); });
    case Activation::hard_silu:
      return map([](F v) { return v * clip<V>(V::splat(1.0f / 6) * v + V::splat(0.5f), V::splat(1)); });
    case Activation::linear:
    case Activation::log_softmax:
    case Activation::softmax:
      return map([](F v) { return v; });
  }
}

template <class V>
void activation_backward_range(Activation kind, float alpha, std::size_t n, const float* x, const float* y,
                               const float* dy, float* dx) {
  using F = typename V::F;
  const F slope = V::splat(alpha), zero = V::splat(0), one = V::splat(1);
  const auto map = [&](const float* at, auto f) {
    for_each_vector<V>(
        n, [&](std::ptrdiff_t i, auto get, auto put) { put(dx + i, f(get(at + i), get(dy + i))); });
  };
  switch (kind) {
    case Activation::relu:
      return map(y, [=](F v, F g) { return select<V>(v > zero, g, zero); });
    case Activation::sigmoid:
      return map(y, [=](F v, F g) { return g * v * (one - v); });
    case Activation::tanh:
      return map(y, [=](F v, F g) { return g * (one - v * v); });
    case Activation::leaky_relu:
      return map(y, [=](F v, F g) { return select<V>(v > zero, g, slope * g); });
    case Activation::elu:
      return map(y, [=](F v, F g) { return select<V>(v > zero, g, (v + slope) * g); });
    case Activation::gelu:
      return map(x, [=](F v, F g) {
        const F e = bell<V>(v);
        return g * (normal_integral<V>(v, e) + v * (V::splat(0.398942280f) * e));
      });
    case Activation::gelu_tanh:
      return map(x, [=](F v, F g) {
        const F gate = gelu_gate<V>(v), e = exponential<V>(-absolute<V>(gate));
        const F gate_slope = V::splat(1.59576912f) * V::mul_add(v * v, V::splat(0.134145f), one);
        // s * (1 - s) = e / (1 + e)^2 for either sign; computing 1 - s would cancel.
        return g * (sigmoid<V>(gate) + v * gate_slope * e / ((one + e) * (one + e)));
      });
    case Activation::silu:
      return map(x, [=](F v, F g) {
        const F s = sigmoid<V>(v);
        return g * (s + v * s * sigmoid<V>(-v));
      });
    case Activation::selu:
      return map(y, [=](F v, F g) {
        return g * select<V>(v > zero, V::splat(kSeluScale), v + V::splat(kSeluAlpha));
      });
    case Activation::softplus:
      return map(x, [](F v, F g) { return g * sigmoid<V>(v); });
    case Activation::softsign:
      return map(y, [=](F v, F g) {
        const F rest = one - absolute<V>(v);
        return g * rest * rest;
      });
    case Activation::relu6:
      return map(y, [=](F v, F g) { return select<V>((v > zero) & (v < slope), g, zero); });
    case Activation::mish:
      return map(x, [=](F v, F g) {
        const MishGate<V> gate(v);
        const F rest = gate.gap * (gate.below + gate.above) / (gate.below * gate.below);
        return g * (gate.above / gate.below + v * rest * sigmoid<V>(v));
      });
    case Activation::hard_sigmoid:
      return map(y, [=](F v, F g) { return select<V>((v > zero) & (v < one), slope * g, zero); });
    case Activation::hard_silu:
      return map(x, [=](F v, F g) {
        const F inner = g * (V::splat(1.0f / 3) * v + V::splat(0.5f));
        return select<V>(v < V::splat(-3), zero, select<V>(v > V::splat(3), g, inner));
      });
    case Activation::linear:
    case Activation::log_softmax:
    case Activation::softmax:
      return map(dy, [](F, F g) { return g; });
  }
}

template <class V>
void relu_mask_range(std::size_t n, const float* y, const float* dy, float* masked) {
  for_each_vector<V>(n, [&](std::ptrdiff_t i, auto get, auto put) {
    put(masked + i, select<V>(get(y + i) > V::splat(0), get(dy + i), V::splat(0)));
  });
}

template <class V>
void softmax_forward_rows(int rows, int classes, const float* x, float* y) {
  for (int r = 0; r < rows; ++r, x += classes, y += classes) {
    float largest = x[0];
    for (int c = 1; c < classes; ++c) largest = x[c] > largest ? x[c] : largest;
    const typename V::F top = V::splat(largest);
    for_each_vector<V>(
        classes, [&](std::ptrdiff_t c, auto get, auto put) { put(y + c, exponential<V>(get(x + c) - top)); });
    float sum = 0;
    for (int c = 0; c < classes; ++c) sum += y[c];
    for (int c = 0; c < classes; ++c) y[c] /= sum;
  }
}

template <class V>
void softmax_backward_rows(int rows, int classes, const float* y, const float* dy, float* dx) {
  for (int r = 0; r < rows; ++r, y += classes, dy += classes, dx += classes) {
    float dot = 0;
    for (int c = 0; c < classes; ++c) dot += dy[c] * y[c];
    for (int c = 0; c < classes; ++c) dx[c] = y[c] * (dy[c] - dot);
  }
}

}  // namespace cnn
