// The penalties on large weights.
#include "core/training/regularization.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/training/evaluation.h"
#include "tests/core/training/training.h"

using cnn::Regularizer;

TEST_SUITE_BEGIN("training/regularization");

namespace {

std::string with(const char* kernel, const char* bias = "null") {
  return R"({"class_name":"Sequential","config":{"name":"small","layers":[
  {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
  {"class_name":"MaxPooling2D","config":{"pool_size":16}},
  {"class_name":"Flatten","config":{}},
  {"class_name":"Dense","config":{"units":10,"activation":"softmax","kernel_regularizer":)" +
         std::string(kernel) + R"(,"bias_regularizer":)" + bias + "}}]}}";
}

Regularizer read(const char* text) {
  Regularizer regularizer{9, 9};
  CHECK(regularizer.from_json(*cnn::parse_json(text)) == "");
  return regularizer;
}

}  // namespace

TEST_CASE("regularizer: every form that Keras and TensorFlow.js write is read") {
  CHECK(read("null") == Regularizer{});
  CHECK(read("\"none\"") == Regularizer{});
  CHECK(read("\"l1\"") == Regularizer{0.01, 0});
  CHECK(read("\"l2\"") == Regularizer{0, 0.01});
  CHECK(read("\"l1_l2\"") == Regularizer{0.01, 0.01});
  CHECK(read(R"({"class_name":"L2","config":{"l2":0.0005}})") == Regularizer{0, 0.0005});
  CHECK(read(R"({"class_name":"L1","config":{"l1":0.3}})") == Regularizer{0.3, 0});
  CHECK(read(R"({"class_name":"L1L2","config":{"l1":0,"l2":0.0001}})") == Regularizer{0, 0.0001});
  CHECK(
      read(
          R"({"module":"keras.regularizers","class_name":"L1L2","config":{"l1":0.1},"registered_name":null})") ==
      Regularizer{0.1, 0});
  Regularizer kept{1, 2};
  for (const char* wrong : {"3", "\"l3\"", R"({"class_name":"L2","config":{"l2":-1}})",
                            R"({"class_name":"L2","config":{"l2":"much"}})"}) {
    CHECK_FALSE(kept.from_json(*cnn::parse_json(wrong)).empty());
    CHECK(kept == Regularizer{1, 2});
  }
  for (const Regularizer& one :
       {Regularizer{}, Regularizer{0.01, 0}, Regularizer{0, 0.01}, Regularizer{0.2, 0.3}}) {
    Regularizer back{5, 5};
    CHECK(back.from_json(one.to_json()).empty());
    CHECK(back == one);
  }
}

TEST_CASE("regularization: penalty and gradient by the formula") {
  cnn::Model model =
      training_tests::network(with(R"({"class_name":"L1L2","config":{"l1":0.5,"l2":0.25}})").c_str());
  cnn::Parameter& kernel = model.parameters()[0];
  std::fill(kernel.value.begin(), kernel.value.end(), 0.0f);
  kernel.value[0] = 2, kernel.value[1] = -3;
  CHECK(cnn::penalty(model) == doctest::Approx(0.5 * (2 + 3) + 0.25 * (4 + 9)));
  model.zero_gradients();
  kernel.gradient[0] = 10;
  cnn::add_penalty_gradients(model);
  CHECK(kernel.gradient[0] == 10 + 0.5f + 2 * 0.25f * 2);
  CHECK(kernel.gradient[1] == -0.5f - 2 * 0.25f * 3);
  CHECK(kernel.gradient[2] == 0);
  CHECK(model.parameters()[1].gradient[0] == 0);  // the bias has none
  model.set_trainable(3, false);
  CHECK(cnn::penalty(model) == 0);
}

TEST_CASE("regularization: the gradient is that of the penalty, by differences") {
  cnn::Model model = training_tests::network(with("\"l2\"", "\"l1\"").c_str());
  for (cnn::Parameter& parameter : model.parameters()) {
    for (std::size_t i = 0; i < parameter.value.size(); ++i)
      parameter.value[i] = 0.1f + 0.01f * static_cast<float>(i % 7);
    model.zero_gradients();
    cnn::add_penalty_gradients(model);
    const float kept = parameter.value[3], step = 1e-2f;
    parameter.value[3] = kept + step;
    const double above = cnn::penalty(model);
    parameter.value[3] = kept - step;
    const double below = cnn::penalty(model);
    parameter.value[3] = kept;
    CHECK(static_cast<double>(parameter.gradient[3]) ==
          doctest::Approx((above - below) / (2 * 0.01)).epsilon(1e-3));
  }
}

TEST_CASE(
    "regularization: it is part of the loss that training and evaluation report, and shrinks the weights") {
  const auto trained = [](const char* regularizer, double& loss) {
    training_tests::Training training(
        R"({"epochs":3,"batch_size":20,"optimizer":"SGD","learning_rate":0.05})", 1,
        training_tests::samples(), with(regularizer).c_str());
    REQUIRE(training.error.empty());
    training.run();
    loss = training.trainer->history().back().loss;
    double squares = 0;
    for (const float w : training.model.parameters()[0].value)
      squares += static_cast<double>(w) * static_cast<double>(w);
    return squares;
  };
  double plain_loss = 0, loss = 0;
  const double plain = trained("null", plain_loss),
               small = trained(R"({"class_name":"L2","config":{"l2":1}})", loss);
  CHECK(small < 0.9 * plain);
  CHECK(loss > plain_loss + 0.5 * small);
  cnn::Model model = training_tests::network(with("\"l2\"").c_str()),
             same = training_tests::network(with("null").c_str());
  cnn::Exec exec(1);
  const cnn::SparseCategoricalCrossentropy measure;
  const auto with_penalty = cnn::evaluate(model, training_tests::samples().test, measure, exec);
  const auto without = cnn::evaluate(same, training_tests::samples().test, measure, exec);
  REQUIRE(with_penalty);
  REQUIRE(without);
  CHECK(with_penalty->loss == doctest::Approx(without->loss + cnn::penalty(model)));
}

TEST_SUITE_END();
