#include "core/kernels/batch_normalization.h"

#include "tests/core/kernels/arrays.h"

namespace cnn::test {
namespace {

constexpr float kEpsilon = 1e-3f;

struct Problem {
  int rows, channels;
  Walled x, gamma, beta, dy;
  std::vector<double> mean, variance, y, dx, dgamma, dbeta;
  Problem(int rows_, int channels_, float offset)
      : rows(rows_),
        channels(channels_),
        x(Walled::random(count(), 1)),
        gamma(Walled::random(static_cast<std::size_t>(channels), 2)),
        beta(Walled::random(static_cast<std::size_t>(channels), 3)),
        dy(Walled::random(count(), 4)),
        mean(gamma.size()),
        variance(gamma.size()),
        y(count()),
        dx(count()),
        dgamma(gamma.size()),
        dbeta(gamma.size()) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += offset;
    const std::size_t c_count = gamma.size(), n = static_cast<std::size_t>(rows);
    for (std::size_t c = 0; c < c_count; ++c) {
      for (std::size_t r = 0; r < n; ++r) mean[c] += double(x[r * c_count + c]) / rows;
      for (std::size_t r = 0; r < n; ++r)
        variance[c] += std::pow(double(x[r * c_count + c]) - mean[c], 2) / rows;
      const double deviation = std::sqrt(variance[c] + double(kEpsilon));
      const auto xhat = [&](std::size_t r) { return (double(x[r * c_count + c]) - mean[c]) / deviation; };
      for (std::size_t r = 0; r < n; ++r) {
        y[r * c_count + c] = double(gamma[c]) * xhat(r) + double(beta[c]);
        dgamma[c] += double(dy[r * c_count + c]) * xhat(r);
        dbeta[c] += double(dy[r * c_count + c]);
      }
      for (std::size_t r = 0; r < n; ++r)
        dx[r * c_count + c] = double(gamma[c]) / deviation *
                              (double(dy[r * c_count + c]) - dbeta[c] / rows - xhat(r) * dgamma[c] / rows);
    }
  }
  std::size_t count() const { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(channels); }
};

TEST_SUITE_BEGIN("kernels/batch_normalization");

TEST_CASE(
    "batch_normalization: forward and gradients match the formulas, also far from zero and with zero "
    "variance") {
  for (const auto& size : {std::pair{1, 3}, {7, 1}, {50, 5}, {300, 16}, {1100, 37}})
    for (const float offset : {0.0f, 100.0f}) {
      const int rows = size.first, channels = size.second;  // clang 14 cannot capture structured bindings
      CAPTURE(rows);
      CAPTURE(offset);
      const Problem p(rows, channels, offset);
      const std::size_t c = p.gamma.size(), n = p.count();
      // For values of order 1, 1e-5 covers the rounding of the sums. With the offset, x itself is already
      // rounded by 100 * 2^-24, and a variance of zero divides that by sqrt(epsilon).
      const double scale = (offset == 0 ? 1e-5 : 2e-4) * (rows == 1 ? 10 : 1);
      const std::vector<double> row_tolerance(n, scale), sum_tolerance(c, scale * 10 * (1 + std::sqrt(rows)));
      for (const KernelSet* set : kernel_sets())
        for (const int threads : {1, 3}) {
          Exec exec(*set, threads);
          Walled mean(c), variance(c), y(n), inferred(n), dx(n), dgamma(c), dbeta(c);
          const BatchNormalizationInput in{rows,           channels,      p.x.data(),
                                           p.gamma.data(), p.beta.data(), kEpsilon};
          batch_normalization_forward_training(exec, in, mean.data(), variance.data(), y.data());
          batch_normalization_forward_inference(exec, in, mean.data(), variance.data(), inferred.data());
          batch_normalization_backward(exec, in, mean.data(), variance.data(), p.dy.data(),
                                       {.gamma = dgamma.data(), .beta = dbeta.data(), .x = dx.data()});
          CHECK(worst(mean, p.mean, sum_tolerance) <= 1);
          CHECK(worst(variance, p.variance, sum_tolerance) <= 1);
          CHECK(worst(y, p.y, row_tolerance) <= 1);
          CHECK(inferred == y);
          CHECK(worst(dx, p.dx, std::vector<double>(n, scale * (rows == 1 ? 40 : 2))) <= 1);
          CHECK(worst(dgamma, p.dgamma, sum_tolerance) <= 1);
          CHECK(worst(dbeta, p.dbeta, sum_tolerance) <= 1);
          CHECK((y.walls_stand() && dx.walls_stand() && dgamma.walls_stand() && mean.walls_stand()));
        }
    }
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
