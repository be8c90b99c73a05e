#include "core/training/losses.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

TEST_SUITE_BEGIN("core/losses");

namespace {

using Function = double (*)(int, int, const float*, const std::uint8_t*, double, float, float*);

double loss_of(Function function, std::vector<float> values, std::vector<std::uint8_t> labels,
               double smoothing = 0) {
  const int rows = static_cast<int>(labels.size()), classes = static_cast<int>(values.size()) / rows;
  return function(rows, classes, values.data(), labels.data(), smoothing, 1, nullptr);
}

/// Largest difference between the gradient and central differences, whose step is large because inputs are
/// float.
double gradient_error(Function function, const std::vector<float>& values,
                      const std::vector<std::uint8_t>& labels, double smoothing, float step) {
  const int rows = static_cast<int>(labels.size()), classes = static_cast<int>(values.size()) / rows;
  std::vector<float> gradient(values.size());
  function(rows, classes, values.data(), labels.data(), smoothing, 2, gradient.data());
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto up = values, down = values;
    up[i] += step, down[i] -= step;
    const double slope =
        (loss_of(function, up, labels, smoothing) - loss_of(function, down, labels, smoothing)) /
        (static_cast<double>(up[i]) - static_cast<double>(down[i]));
    worst = std::fmax(worst, std::fabs(gradient[i] - 2 * slope));  // gradient_scale is 2
  }
  return worst;
}

}  // namespace

TEST_CASE("cross-entropy: values computed by hand") {
  // softmax(0, ln 3) = 1/4, 3/4
  const float l3 = std::log(3.0f);
  CHECK(loss_of(cnn::cross_entropy_from_logits, {0, l3}, {1}) == doctest::Approx(-std::log(0.75)));
  CHECK(loss_of(cnn::cross_entropy_from_logits, {0, l3, l3, 0}, {0, 0}) ==
        doctest::Approx(-std::log(0.25) - std::log(0.75)));
  CHECK(loss_of(cnn::cross_entropy_from_probabilities, {0.25f, 0.75f}, {1}) ==
        doctest::Approx(-std::log(0.75)));
  // Smoothing 0.2 over two classes: target 0.9, 0.1.
  const double smoothed = -0.9 * std::log(0.75) - 0.1 * std::log(0.25);
  CHECK(loss_of(cnn::cross_entropy_from_logits, {0, l3}, {1}, 0.2) == doctest::Approx(smoothed));
  CHECK(loss_of(cnn::cross_entropy_from_probabilities, {0.25f, 0.75f}, {1}, 0.2) ==
        doctest::Approx(smoothed));
}

TEST_CASE("cross-entropy: gradients are the slopes of the loss") {
  const std::vector<float> logits{0.3f, -1.2f, 2.5f, 0.1f, 0.2f, 0.3f, -4, 4, 0, 1, 1, 1};
  const std::vector<float> shares{0.2f, 0.3f, 0.5f, 0.1f, 0.6f, 0.3f, 0.7f, 0.2f, 0.1f, 0.4f, 0.3f, 0.3f};
  const std::vector<std::uint8_t> labels{2, 0, 1, 2};
  for (const double smoothing : {0.0, 0.1, 1.0}) {
    CAPTURE(smoothing);
    CHECK(gradient_error(cnn::cross_entropy_from_logits, logits, labels, smoothing, 0x1p-8f) < 1e-5);
    CHECK(gradient_error(cnn::cross_entropy_from_probabilities, shares, labels, smoothing, 0x1p-10f) < 2e-3);
  }
}

TEST_CASE("cross-entropy: extreme numbers stay finite, and NaN stays visible") {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(loss_of(cnn::cross_entropy_from_logits, {1e4f, -1e4f}, {1}) == doctest::Approx(2e4));
  CHECK(loss_of(cnn::cross_entropy_from_logits, {1e4f, -1e4f}, {0}) == 0);
  CHECK(loss_of(cnn::cross_entropy_from_logits, {3e38f, -3e38f}, {1}) == doctest::Approx(6e38));
  CHECK(loss_of(cnn::cross_entropy_from_logits, {7, 7, 7, 7}, {2}) == doctest::Approx(std::log(4)));
  CHECK(loss_of(cnn::cross_entropy_from_probabilities, {0, 1}, {0}) == doctest::Approx(-std::log(1e-7)));
  CHECK(std::isnan(loss_of(cnn::cross_entropy_from_logits, {nan, 0}, {1})));
  CHECK(std::isnan(loss_of(cnn::cross_entropy_from_logits, {inf, 0}, {0})));
  CHECK(std::isnan(loss_of(cnn::cross_entropy_from_probabilities, {nan, 1}, {0})));
  float gradient[2];
  const float logits[] = {1e4f, -1e4f};
  const std::uint8_t label = 1;
  cnn::cross_entropy_from_logits(1, 2, logits, &label, 0, 1, gradient);
  CHECK(gradient[0] == 1);
  CHECK(gradient[1] == -1);
}

TEST_CASE("cross-entropy: the loss class treats outputs as logits or probabilities as configured") {
  cnn::SparseCategoricalCrossentropy loss;
  loss.label_smoothing = 0.1;
  const float values[] = {0.25f, 0.75f};
  const std::uint8_t label = 1;
  cnn::LossBatch b;
  b.rows = 1;
  b.classes = 2;
  b.outputs = values;
  b.labels = &label;
  CHECK(loss(b) == cnn::cross_entropy_from_logits(1, 2, values, &label, 0.1, 0, nullptr));
  b.are_logits = false;
  CHECK(loss(b) == cnn::cross_entropy_from_probabilities(1, 2, values, &label, 0.1, 0, nullptr));
}
