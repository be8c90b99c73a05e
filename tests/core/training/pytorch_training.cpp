// Losses and optimizers against PyTorch's results in tests/fixtures/training.json, which names version and
// script.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/training/losses.h"
#include "core/training/optimizers.h"
#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("core/pytorch_training");

namespace {

constexpr double kTolerance = 1e-4;  // relative to the largest number of the array

const cnn::Json& fixtures() {
  static const cnn::Json json = [] {
    const auto bytes = tests::read_file(CNN_TESTS_DIR "/fixtures/training.json");
    auto parsed = cnn::parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    REQUIRE(parsed);
    return std::move(*parsed);
  }();
  return json;
}

std::vector<float> floats(const cnn::Json& json) {
  std::vector<float> values;
  for (const cnn::Json& value : *json.elements()) values.push_back(static_cast<float>(*value.number()));
  return values;
}

double difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0, largest = 1e-30;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::fmax(worst, std::fabs(static_cast<double>(a[i]) - b[i]));
    largest = std::fmax(largest, std::fabs(b[i]));
  }
  return worst / largest;
}

}  // namespace

TEST_CASE("pytorch: cross-entropy and its gradient, with and without smoothing") {
  for (const cnn::Json& c : *fixtures().find("losses")->elements()) {
    const auto logits = floats(*c.find("logits")), expected = floats(*c.find("gradient"));
    std::vector<std::uint8_t> labels;
    for (const float label : floats(*c.find("labels"))) labels.push_back(static_cast<std::uint8_t>(label));
    const int rows = static_cast<int>(labels.size()), classes = static_cast<int>(logits.size()) / rows;
    std::vector<float> gradient(logits.size());
    const double smoothing = *c.find("label_smoothing")->number();
    CAPTURE(smoothing);
    const double loss = cnn::cross_entropy_from_logits(rows, classes, logits.data(), labels.data(), smoothing,
                                                       1.0f / static_cast<float>(rows), gradient.data()) /
                        rows;
    CHECK(loss == doctest::Approx(*c.find("loss")->number()).epsilon(1e-6));
    CHECK(difference(gradient, expected) < kTolerance);
  }
}

TEST_CASE("pytorch: ten steps of every optimizer") {
  cnn::Exec exec;
  for (const cnn::Json& c : *fixtures().find("optimizers")->elements()) {
    const auto optimizer = cnn::Choice<cnn::Optimizer>::read_member(c);
    REQUIRE(optimizer);
    const std::string config = c.find("class_name")->dump() + c.find("config")->dump();
    CAPTURE(config);
    std::vector<float> weights = floats(*c.find("initial"));
    std::vector<std::vector<float>> slots((*optimizer)->slots().size(), std::vector<float>(weights.size()));
    int step = 0;
    for (const cnn::Json& row : *c.find("gradients")->elements()) {
      const auto gradient = floats(row);
      float* arrays[2] = {};
      for (std::size_t i = 0; i < slots.size(); ++i) arrays[i] = slots[i].data();
      cnn::OptimizerStep s;
      s.step = ++step;
      s.learning_rate = (*optimizer)->learning_rate;
      s.weight_decay = (*optimizer)->weight_decay.value_or(0);
      s.size = weights.size();
      s.weights = weights.data();
      s.gradients = gradient.data();
      s.slots = arrays;
      (*optimizer)->update(exec, s);
    }
    CHECK(step == 10);
    CHECK(difference(weights, floats(*c.find("final"))) < kTolerance);
  }
}
