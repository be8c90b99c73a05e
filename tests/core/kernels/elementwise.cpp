#include "core/kernels/elementwise.h"

#include <algorithm>
#include <cstring>

#include "core/kernels/activation.h"
#include "core/kernels/optimizer_step.h"
#include "tests/core/kernels/arrays.h"

namespace cnn::test {
namespace {

constexpr std::size_t kCounts[] = {0, 1, 3, 4, 5, 15, 16, 17, 35, 40000};

constexpr double kPi = 3.14159265358979323846;
double gelu_gate(double x) {
  return 1 / (1 + std::exp(-2 * std::sqrt(2 / kPi) * (x + 0.044715 * x * x * x)));
}

/// The definition in double, with the C library's functions.
double activation(Activation kind, double alpha, double x) {
  switch (kind) {
    case Activation::relu:
      return std::max(x, 0.0);
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
    case Activation::leaky_relu:
      return x < 0 ? alpha * x : x;
    case Activation::elu:
      return x < 0 ? alpha * std::expm1(x) : x;
    case Activation::gelu:
      return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    case Activation::gelu_tanh:
      return x * gelu_gate(x);
    case Activation::silu:
      return x / (1 + std::exp(-x));
    case Activation::selu:
      return 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * std::expm1(x) : x);
    case Activation::softplus:
      return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
    case Activation::softsign:
      return x / (1 + std::abs(x));
    case Activation::relu6:
      return std::clamp(x, 0.0, alpha);
    case Activation::mish:
      return x * std::tanh(activation(Activation::softplus, alpha, x));
    case Activation::hard_sigmoid:
      return std::clamp(alpha * x + 0.5, 0.0, 1.0);
    case Activation::hard_silu:
      return x * std::clamp(x / 6 + 0.5, 0.0, 1.0);
    case Activation::linear:
    case Activation::log_softmax:
    case Activation::softmax:
      return x;
  }
  return x;
}
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double activation_slope(Activation kind, double alpha, double x) {
  switch (kind) {
    case Activation::relu:
      return x > 0 ? 1 : 0;
    case Activation::leaky_relu:
      return x > 0 ? 1 : alpha;
    case Activation::elu:
      return x > 0 ? 1 : alpha * std::exp(x);
    case Activation::sigmoid:
      return activation(kind, alpha, x) * activation(kind, alpha, -x);
    case Activation::tanh:
      return 1 - std::tanh(x) * std::tanh(x);
    case Activation::gelu:
      return 0.5 * std::erfc(-x / std::sqrt(2.0)) + x * std::exp(-0.5 * x * x) / std::sqrt(2 * kPi);
    case Activation::gelu_tanh:
      return gelu_gate(x) +
             x * gelu_gate(x) * gelu_gate(-x) * 2 * std::sqrt(2 / kPi) * (1 + 3 * 0.044715 * x * x);
    case Activation::silu:
      return sigmoid(x) * (1 + x * sigmoid(-x));
    case Activation::selu:
      return 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * std::exp(x) : 1);
    case Activation::softplus:
      return sigmoid(x);
    case Activation::softsign:
      return 1 / ((1 + std::abs(x)) * (1 + std::abs(x)));
    case Activation::relu6:
      return x > 0 && x < alpha ? 1 : 0;
    case Activation::mish: {
      const double w = std::tanh(activation(Activation::softplus, alpha, x));
      return w + x * (1 - w * w) * sigmoid(x);
    }
    case Activation::hard_sigmoid:
      return alpha * x > -0.5 && alpha * x < 0.5 ? alpha : 0;
    case Activation::hard_silu:
      return x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5;
    case Activation::linear:
    case Activation::log_softmax:
    case Activation::softmax:
      return 1;
  }
  return 1;
}
constexpr Activation kActivations[] = {
    Activation::linear,     Activation::relu, Activation::sigmoid,      Activation::tanh,
    Activation::leaky_relu, Activation::elu,  Activation::gelu,         Activation::gelu_tanh,
    Activation::silu,       Activation::selu, Activation::softplus,     Activation::softsign,
    Activation::relu6,      Activation::mish, Activation::hard_sigmoid, Activation::hard_silu};

TEST_SUITE_BEGIN("kernels/arrays");

TEST_CASE("activation: value and slope are as exact as activation.h states, from -100 to 100") {
  // 4e-7, relative above 1 and absolute below; slopes are computed from rounded values, so twice that.
  constexpr float kAlpha = 0.3f;
  Walled x(4001);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float t = static_cast<float>(i) / 2000 - 1;
    x[i] = 100 * t * t * t + 1e-4f;  // dense around 0, without the kink itself
  }
  for (const Activation kind : kActivations) {
    const int number = static_cast<int>(kind);
    CAPTURE(number);
    for_each_kernel_set([&](Exec& exec) {
      Walled y(x.size()), dx(x.size());
      const Walled dy(x.size(), 1);
      activation_forward(exec, kind, kAlpha, x.size(), x.data(), y.data());
      activation_backward(exec, kind, kAlpha, x.size(), x.data(), y.data(), dy.data(), dx.data());
      double value_error = 0, slope_error = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double value = activation(kind, double(kAlpha), double(x[i]));
        const double slope = activation_slope(kind, double(kAlpha), double(x[i]));
        value_error = std::max(value_error, std::abs(double(y[i]) - value) / std::max(1.0, std::abs(value)));
        slope_error = std::max(slope_error, std::abs(double(dx[i]) - slope) / std::max(1.0, std::abs(slope)));
      }
      CHECK(value_error <= 4e-7);
      CHECK(slope_error <= 8e-7);
    });
  }
}

TEST_CASE("activation: tanh and elu are exact to 4e-7 relative for small numbers") {
  const float small[] = {1e-6f, -1e-6f, 3e-4f, -3e-4f, 0.01f, -0.01f};
  for_each_kernel_set([&](Exec& exec) {
    for (const float x : small)
      for (const Activation kind : {Activation::tanh, Activation::elu}) {
        float y = 0;
        activation_forward(exec, kind, 1, 1, &x, &y);
        const double exact = activation(kind, 1, double(x));
        CHECK(std::abs(double(y) - exact) <= 4e-7 * std::abs(exact));
      }
  });
}

TEST_CASE("activation: NaN stays NaN, infinities stay in range, no count writes outside its array") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Activation kind : kActivations) {
    const int number = static_cast<int>(kind);
    CAPTURE(number);
    for_each_kernel_set([&](Exec& exec) {
      for (const std::size_t n : kCounts) {
        const Walled x = Walled::random(n, 1);
        Walled y(n);
        activation_forward(exec, kind, 0.5f, n, x.data(), y.data());
        CHECK(y.walls_stand());
        Walled in_place = x;
        activation_forward(exec, kind, 0.5f, n, in_place.data(), in_place.data());
        CHECK(in_place == y);
      }
      const float hostile[] = {std::nanf(""), infinity, -infinity};
      float y[3];
      activation_forward(exec, kind, 0.5f, 3, hostile, y);
      CHECK(std::isnan(y[0]));
      if (kind == Activation::sigmoid || kind == Activation::tanh) CHECK(y[1] == 1);
      if (kind == Activation::sigmoid) CHECK(std::abs(y[2]) < 1e-37f);
      if (kind == Activation::elu) CHECK(y[2] == -0.5f);
      if (kind == Activation::relu) CHECK(y[2] == 0);
    });
  }
}

TEST_CASE("softmax: rows match the definition, also for logits of 1e4, and backward is its derivative") {
  for (const int classes : {1, 2, 10, 33}) {
    CAPTURE(classes);
    const int rows = 9;
    Walled x = Walled::random(static_cast<std::size_t>(rows * classes), 1), dy = Walled::random(x.size(), 2);
    x[0] = 1e4f;
    if (classes > 1) x[static_cast<std::size_t>(classes) + 1] = -1e4f;
    for_each_kernel_set([&](Exec& exec) {
      Walled y(x.size()), dx(x.size());
      softmax_forward(exec, rows, classes, x.data(), y.data());
      softmax_backward(exec, rows, classes, y.data(), dy.data(), dx.data());
      double worst_y = 0, worst_dx = 0;
      for (int r = 0; r < rows; ++r) {
        const auto at = [&](int c) { return static_cast<std::size_t>(r * classes + c); };
        double largest = -1e30, sum = 0, dot = 0;
        for (int c = 0; c < classes; ++c) largest = std::max(largest, double(x[at(c)]));
        for (int c = 0; c < classes; ++c) sum += std::exp(double(x[at(c)]) - largest);
        const auto value = [&](int c) { return std::exp(double(x[at(c)]) - largest) / sum; };
        for (int c = 0; c < classes; ++c) dot += value(c) * double(dy[at(c)]);
        for (int c = 0; c < classes; ++c) {
          worst_y = std::max(worst_y, std::abs(double(y[at(c)]) - value(c)));
          worst_dx = std::max(worst_dx, std::abs(double(dx[at(c)]) - value(c) * (double(dy[at(c)]) - dot)));
        }
      }
      CHECK(worst_y <= 1e-6);
      CHECK(worst_dx <= 5e-6);
      CHECK((y.walls_stand() && dx.walls_stand()));
    });
  }
}

TEST_CASE("maxout: the first largest piece wins, NaN wins, and the gradient goes to the winner") {
  const float nan = std::nanf("");
  const float x[] = {1, 3, 3, -1, -2, -3, 5, nan, 9};
  const float dy[] = {10, 20, 30};
  for_each_kernel_set([&](Exec& exec) {
    float y[3], dx[9];
    std::uint8_t winners[3];
    maxout_forward(exec, 1, 3, 3, x, y, winners);
    CHECK((y[0] == 3 && winners[0] == 1));
    CHECK((y[1] == -1 && winners[1] == 0));
    CHECK((std::isnan(y[2]) && winners[2] == 1));
    maxout_backward(exec, 1, 3, 3, dy, winners, dx);
    const float expected[] = {0, 10, 0, 20, 0, 0, 0, 30, 0};
    CHECK(std::memcmp(dx, expected, sizeof dx) == 0);
  });
}

TEST_CASE("arrays: add, scale, axpy, lerp, fill and sums match their formulas") {
  for (const std::size_t n : kCounts) {
    CAPTURE(n);
    const Walled a = Walled::random(n, 1), b = Walled::random(n, 2);
    for_each_kernel_set([&](Exec& exec) {
      Walled sum(n), scaled(n), moved = b, blended = b, filled(n);
      add(exec, n, a.data(), b.data(), sum.data());
      scale(exec, n, 3, a.data(), scaled.data());
      axpy(exec, n, 0.5f, a.data(), moved.data());
      lerp(exec, n, 0.75f, a.data(), blended.data());
      fill(exec, n, 2, filled.data());
      double squares = 0, worst_error = 0;
      for (std::size_t i = 0; i < n; ++i) {
        squares += double(a[i]) * double(a[i]);
        worst_error = std::max({worst_error, std::abs(double(sum[i] - (a[i] + b[i]))),
                                std::abs(double(scaled[i] - 3 * a[i])), std::abs(double(filled[i] - 2)),
                                std::abs(double(moved[i]) - (double(b[i]) + 0.5 * double(a[i]))),
                                std::abs(double(blended[i]) - (0.75 * double(b[i]) + 0.25 * double(a[i])))});
      }
      CHECK(worst_error <= 1e-6);
      CHECK(std::abs(sum_of_squares(exec, n, a.data()) - squares) <= 1e-12 * squares);
      CHECK((sum.walls_stand() && scaled.walls_stand() && moved.walls_stand() && blended.walls_stand() &&
             filled.walls_stand()));
    });
  }
}

TEST_CASE("arrays: sums are the same bits for 1, 2 and 3 threads") {
  const std::size_t n = 100003;
  const Walled x = Walled::random(n, 1);
  for (const KernelSet* set : kernel_sets()) {
    Exec one(*set, 1), two(*set, 2), three(*set, 3);
    const double expected = sum_of_squares(one, n, x.data());
    CHECK(sum_of_squares(two, n, x.data()) == expected);
    CHECK(sum_of_squares(three, n, x.data()) == expected);
    Walled a(7), b(7), c(7);
    add_column_sums(one, static_cast<int>(n / 7), 7, x.data(), a.data());
    add_column_sums(two, static_cast<int>(n / 7), 7, x.data(), b.data());
    add_column_sums(three, static_cast<int>(n / 7), 7, x.data(), c.data());
    CHECK((a == b && a == c));
  }
}

TEST_CASE("dropout: keeps what the random numbers select, on every kernel set with any number of threads") {
  const RandomStream random(7, RandomPurpose::dropout, 3, 2);
  constexpr float kRate = 0.3f;
  for (const std::size_t n : kCounts) {
    const Walled x(n, 1), dy(n, 2);
    for (const KernelSet* set : kernel_sets())
      for (const int threads : {1, 2, 3}) {
        Exec exec(*set, threads);
        Walled y(n), dx(n);
        std::vector<std::uint8_t> mask(n + 1, 9);
        dropout_forward(exec, kRate, random, n, x.data(), y.data(), mask.data());
        dropout_backward(exec, kRate, n, dy.data(), mask.data(), dx.data());
        std::size_t kept = 0, wrong = 0;
        for (std::size_t i = 0; i < n; ++i) {
          const bool keep = double(random.number(i)) >= double(kRate) * 0x1p32 - 1;
          kept += keep;
          wrong += mask[i] != keep || y[i] != (keep ? 1 / (1 - kRate) : 0) ||
                   dx[i] != (keep ? 2 / (1 - kRate) : 0);
        }
        CHECK(wrong == 0);
        CHECK(mask[n] == 9);
        CHECK((y.walls_stand() && dx.walls_stand()));
        // Six standard deviations of a binomial count.
        if (n > 10000) CHECK(std::abs(double(kept) / double(n) - 0.7) < 6 * std::sqrt(0.21 / double(n)));
      }
  }
}

TEST_CASE("images_to_float: planes become channels") {
  const std::uint8_t first[] = {0, 1, 2, 3, 10, 11, 12, 13}, second[] = {255, 0, 0, 0, 0, 0, 0, 1};
  const std::uint8_t* images[] = {first, second};
  float y[16];
  Exec exec(2);
  images_to_float(exec, 2, 2, 2, 2, images, 2, y);
  const float expected[] = {0, 20, 2, 22, 4, 24, 6, 26, 510, 0, 0, 0, 0, 0, 0, 2};
  CHECK(std::memcmp(y, expected, sizeof y) == 0);
}

TEST_CASE("optimizer steps: three steps follow the formulas in double") {
  const std::size_t n = 37;
  const Walled w0 = Walled::random(n, 1), g = Walled::random(n, 2);
  for_each_kernel_set([&](Exec& exec) {
    Walled w[5] = {w0, w0, w0, w0, w0}, m(n), v(n), velocity(n), nesterov(n), square(n), momentum_square(n),
           speed(n);
    std::vector<double> adam(n), sgd(n), momentum(n), fast(n), rms(n);
    for (std::size_t i = 0; i < n; ++i) {
      double x[5], gm = 0, gv = 0, p1 = 0, p2 = 0, s1 = 0, p3 = 0;
      std::fill_n(x, 5, double(w0[i]));
      const double d = double(g[i]) * 0.5;
      for (int t = 1; t <= 3; ++t) {
        gm = 0.9 * gm + 0.1 * d;
        gv = 0.999 * gv + 0.001 * d * d;
        x[0] = x[0] * (1 - 0.01) - 0.1 * gm / (std::sqrt(gv) + 1e-7);
        x[1] -= 0.1 * d;
        p1 = 0.9 * p1 - 0.1 * d, x[2] += p1;
        p2 = 0.9 * p2 - 0.1 * d, x[3] += 0.9 * p2 - 0.1 * d;
        s1 = 0.9 * s1 + 0.1 * d * d, p3 = 0.5 * p3 + 0.1 * d / std::sqrt(s1 + 1e-7), x[4] -= p3;
      }
      adam[i] = x[0], sgd[i] = x[1], momentum[i] = x[2], fast[i] = x[3], rms[i] = x[4];
    }
    for (int t = 1; t <= 3; ++t) {
      adam_update(exec, {.step_size = 0.1f, .weight_decay = 0.01f, .gradient_scale = 0.5f}, n, w[0].data(),
                  g.data(), m.data(), v.data());
      sgd_update(exec, {.learning_rate = 0.1f, .gradient_scale = 0.5f}, n, w[1].data(), g.data(), nullptr);
      sgd_update(exec, {.learning_rate = 0.1f, .momentum = 0.9f, .gradient_scale = 0.5f}, n, w[2].data(),
                 g.data(), velocity.data());
      sgd_update(exec, {.learning_rate = 0.1f, .momentum = 0.9f, .gradient_scale = 0.5f, .nesterov = true}, n,
                 w[3].data(), g.data(), nesterov.data());
      rmsprop_update(exec, {.learning_rate = 0.1f, .momentum = 0.5f, .gradient_scale = 0.5f}, n, w[4].data(),
                     g.data(), square.data(), speed.data());
    }
    // Each step rounds numbers of order 1 about ten times, and the relative error of v's coefficient 1 -
    // 0.999f is 2e-5.
    const std::vector<double> tolerance(n, 1e-5);
    CHECK(worst(w[0], adam, tolerance) <= 1);
    CHECK(worst(w[1], sgd, tolerance) <= 1);
    CHECK(worst(w[2], momentum, tolerance) <= 1);
    CHECK(worst(w[3], fast, tolerance) <= 1);
    CHECK(worst(w[4], rms, tolerance) <= 1);
    for (const Walled& array : w) CHECK(array.walls_stand());
  });
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
