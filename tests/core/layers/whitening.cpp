#include "core/layers/whitening.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/base/random.h"
#include "core/model/model.h"
#include "core/model/presets.h"

namespace cnn::test {
namespace {

TEST_SUITE_BEGIN("layers/whitening");

/// Pictures whose neighboring pixels are similar, as in real ones.
std::vector<float> pictures(int batch, int side) {
  std::vector<float> x(static_cast<std::size_t>(batch * side * side * 3));
  RandomStream random(3, RandomPurpose::test);
  float last = 0;
  for (float& value : x) value = last = 0.9f * last + 0.3f * random.normal();
  return x;
}

TEST_CASE(
    "whitening: on the pictures it adapted to, the output is uncorrelated and has nearly unit variance") {
  auto model = Model::from_config(*parse_json(
      R"({"class_name":"Sequential","config":{"layers":[{"class_name":"InputLayer","config":{"batch_input_shape":[null,8,8,3]}},{"class_name":"Conv2D","config":{"filters":24,"kernel_size":2,"kernel_initializer":"whitening"}}]}})"));
  REQUIRE_MESSAGE(model, (model ? "" : model.error().message));
  CHECK_FALSE(model->wants_pictures());
  model->initialize(1);
  CHECK(model->wants_pictures());
  CHECK_FALSE(model->parameters()[0].trainable);
  CHECK(model->parameters()[1].trainable);
  const std::vector<float> x = pictures(30, 8);
  Exec exec(2);
  constexpr int in_one = 10;
  const auto next = [&](int index, int& batch) -> const float* {
    batch = in_one;
    return index < 3 ? x.data() + index * in_one * 8 * 8 * 3 : nullptr;
  };
  REQUIRE(model->adapt(exec, next));
  CHECK_FALSE(model->wants_pictures());
  const float* y = model->forward(exec, x.data(), 30);
  constexpr int rows = 30 * 7 * 7;
  for (int a = 0; a < 12; ++a) {
    for (int b = 0; b <= a; ++b) {
      double sum = 0;
      for (int row = 0; row < rows; ++row)
        sum += static_cast<double>(y[row * 24 + a]) * static_cast<double>(y[row * 24 + b]);
      // Not exactly 1: the variance is eigenvalue / (eigenvalue + 5e-4).
      if (a == b) CHECK(sum / rows == doctest::Approx(1).epsilon(0.05));
      if (a != b) CHECK(std::fabs(sum / rows) < 1e-4);
    }
    CHECK(y[a + 12] == -y[a]);
  }
  const auto odd = Model::from_config(*parse_json(
      R"({"class_name":"Sequential","config":{"layers":[{"class_name":"Conv2D","config":{"filters":26,"kernel_size":2,"kernel_initializer":"whitening","batch_input_shape":[null,8,8,3]}}]}})"));
  REQUIRE_FALSE(odd);
  CHECK(odd.error().message ==
        "conv2d: kernel_initializer whitening needs an even number of filters, at most 24 for this kernel, "
        "not 26");
}

TEST_CASE("whitening: the speedrun preset has the paper's parameter count") {
  const auto model = Model::from_config(*preset("speedrun"));
  REQUIRE_MESSAGE(model, (model ? "" : model.error().message));
  const Summary summary = model->summary();
  constexpr std::size_t kernels = 9 * (24 * 64 + 64 * 64 + 64 * 256 + 3 * 256 * 256) + 2560;
  constexpr std::size_t shifts = 24 + 2 * (64 + 256 + 256);
  CHECK(summary.trainable == kernels + shifts);
  CHECK(model->layer_shape(model->find_layer("max_pooling2d_3")) == Shape{1, 1, 256});
}

TEST_CASE("normalization: adapts to the pictures, and the next layer adapts to its output") {
  auto model = Model::from_config(*parse_json(
      R"({"class_name":"Sequential","config":{"layers":[{"class_name":"InputLayer","config":{"batch_input_shape":[null,4,4,3]}},{"class_name":"Normalization"},{"class_name":"Normalization"}]}})"));
  REQUIRE(model);
  model->initialize(1);
  std::vector<float> x = pictures(20, 4);
  for (float& value : x) value = 5 + 2 * value;
  Exec exec(1);
  const auto next = [&](int index, int& batch) -> const float* {
    batch = 20;
    return index == 0 ? x.data() : nullptr;
  };
  REQUIRE(model->adapt(exec, next));
  const float* y = model->forward(exec, x.data(), 20);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); i += 3)
    sum += static_cast<double>(y[i]), squares += static_cast<double>(y[i]) * static_cast<double>(y[i]);
  const double n = static_cast<double>(x.size()) / 3;
  CHECK(std::fabs(sum / n) < 1e-5);
  CHECK(squares / n == doctest::Approx(1).epsilon(1e-4));
  // The second layer finds its input normalized already.
  CHECK(model->parameters()[2].value[0] == doctest::Approx(0).epsilon(1e-5));
  CHECK(model->parameters()[3].value[0] == doctest::Approx(1).epsilon(1e-4));
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
