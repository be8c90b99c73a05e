#include "core/layers/initializer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/layers/activation_spec.h"

namespace cnn::test {
namespace {

TEST_SUITE_BEGIN("layers/initializer");

struct Case {
  const char* word;
  double variance;  ///< for 50 inputs and 200 outputs
  double largest;   ///< in standard deviations of the values
};
constexpr double kUniform = 1.7320508;   // sqrt(3)
constexpr double kCut = 2 / 0.87962566;  // two deviations of the distribution before truncation
constexpr Case kCases[] = {
    {"glorot_uniform", 2.0 / 250, kUniform}, {"glorot_normal", 2.0 / 250, kCut},
    {"he_uniform", 2.0 / 50, kUniform},      {"he_normal", 2.0 / 50, kCut},
    {"lecun_uniform", 1.0 / 50, kUniform},   {"lecun_normal", 1.0 / 50, kCut},
};

TEST_CASE("initializer: mean, variance and range match the definition") {
  for (const Case& c : kCases) {
    CAPTURE(c.word);
    Initializer initializer;
    REQUIRE(initializer.from_json(c.word).empty());
    CHECK(initializer.to_json() == Json(c.word));
    std::vector<float> values(100000);
    initializer.fill(values, {50, 2000}, {50, 200}, RandomStream(1, RandomPurpose::initialize));
    double sum = 0, squares = 0, largest = 0;
    for (const float value : values) {
      const auto v = static_cast<double>(value);
      sum += v, squares += v * v, largest = std::max(largest, std::fabs(v));
    }
    const auto n = static_cast<double>(values.size());
    const double deviation = std::sqrt(c.variance);
    CHECK(std::fabs(sum / n) < 5 * deviation / std::sqrt(n));
    // Five standard errors of a variance: sqrt((kurtosis - 1) / n) with a kurtosis of at most 3.
    CHECK(squares / n == doctest::Approx(c.variance).epsilon(5 * std::sqrt(2 / n)));
    CHECK(largest <= c.largest * deviation * 1.0001);
    CHECK(largest >= c.largest * deviation * 0.98);
  }
}

TEST_CASE("initializer: dirac copies channels and draws the rest as PyTorch does") {
  Initializer initializer;
  REQUIRE(initializer.from_json("dirac").empty());
  const Shape shape{3, 3, 2, 3};
  std::vector<float> kernel(count(shape));
  initializer.fill(kernel, shape, {18, 27}, RandomStream(1, RandomPurpose::initialize));
  for (std::size_t place = 0; place < 18; ++place) {
    CHECK(kernel[place * 3 + 0] == (place == 8 ? 1 : 0));  // row 1, column 1, channel 0
    CHECK(kernel[place * 3 + 1] == (place == 9 ? 1 : 0));
    CHECK(kernel[place * 3 + 2] != 0);
    CHECK(std::fabs(kernel[place * 3 + 2]) <= 1 / std::sqrt(18.0f));
  }
  std::vector<float> dense(1000);
  initializer.fill(dense, {100, 10}, {100, 10}, RandomStream(1, RandomPurpose::initialize));
  CHECK(*std::max_element(dense.begin(), dense.end()) <= 0.1f);
  CHECK(*std::max_element(dense.begin(), dense.end()) > 0.099f);
}

TEST_CASE("initializer: reads the words of Keras and the objects of TensorFlow.js") {
  Initializer initializer;
  const auto read = [&](const char* text) { return initializer.from_json(*parse_json(text)); };
  CHECK(read(R"({"class_name":"HeNormal","config":{"seed":3}})").empty());
  CHECK(initializer.to_json() == Json("he_normal"));
  CHECK(
      read(
          R"({"class_name":"VarianceScaling","config":{"scale":1,"mode":"fan_avg","distribution":"uniform","seed":null}})")
          .empty());
  CHECK(initializer == Initializer::glorot_uniform());
  CHECK(
      read(R"({"class_name":"VarianceScaling","config":{"scale":2,"mode":"fan_in","distribution":"normal"}})")
          .empty());
  CHECK(initializer.to_json() == Json("he_normal"));
  const char* own =
      R"({"class_name":"VarianceScaling","config":{"scale":0.25,"mode":"fan_out","distribution":"untruncated_normal"}})";
  CHECK(read(own).empty());
  CHECK(initializer.to_json().dump() == own);
  CHECK(read("\"zeros\"").empty());
  CHECK(initializer == Initializer::zeros());
  CHECK(read(R"({"class_name":"Ones","config":{}})").empty());
  CHECK(read("\"orthogonal\"").find("an initializer: one of \"glorot_uniform\"") == 0);
  CHECK(read("7").find("an initializer") == 0);
  CHECK(read(R"({"class_name":"VarianceScaling","config":{"scale":0}})")
            .find("a VarianceScaling with a scale above 0") == 0);
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/activation_spec");

TEST_CASE("activation spec: reads and writes words, and objects where a slope is set") {
  ActivationSpec spec;
  const auto read = [&](const char* text) { return spec.from_json(*parse_json(text)); };
  for (const std::string_view word : spec.choices()) {
    CHECK(spec.from_json(word).empty());
    CHECK(spec.to_json() == Json(word));
  }
  CHECK(read("\"leaky_relu\"").empty());
  CHECK(spec.alpha == 0.2);
  const char* slope = R"({"class_name":"LeakyReLU","config":{"negative_slope":0.05}})";
  CHECK(read(slope).empty());
  CHECK(spec.to_json().dump() == slope);
  CHECK(read(R"({"class_name":"LeakyReLU","config":{"alpha":0.1}})").empty());
  CHECK(spec.alpha == 0.1);
  CHECK(read(R"({"class_name":"LeakyReLU","config":{}})").empty());
  CHECK(spec.alpha == 0.3);
  CHECK(read(R"({"class_name":"ELU","config":{"alpha":0.5}})").empty());
  CHECK(spec.kind == Activation::elu);
  CHECK(read("null").empty());
  CHECK(spec.kind == Activation::linear);
  CHECK(read("\"swish\"").empty());
  CHECK(spec.to_json() == Json("silu"));
  CHECK(read("\"hard_sigmoid\"").empty());
  CHECK(spec.alpha == 1.0 / 6);
  const char* limit = R"({"class_name":"ReLU","config":{"max_value":0.5}})";
  CHECK(read(limit).empty());
  CHECK(spec.kind == Activation::relu6);
  CHECK(spec.to_json().dump() == limit);
  CHECK(read("\"arctan\"").find("an activation: one of \"linear\"") == 0);
  CHECK(read(R"({"class_name":"PReLU","config":{}})").find("an activation") == 0);
  CHECK(read(R"({"class_name":"ELU","config":{"alpha":-1}})") ==
        "an ELU whose alpha is a number from 0 to 100");
  CHECK(read(R"({"class_name":"LeakyReLU","config":{"alpha":"x"}})") ==
        "a LeakyReLU whose negative_slope is a number from 0 to 100");
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
