#include "core/training/augmented.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>

#include "core/datasets/samples.h"
#include "core/training/evaluation.h"

TEST_SUITE_BEGIN("core/augmented");

namespace {

constexpr int kCount = 6;
constexpr std::uint64_t kSeed = 3, kStep = 7;

const cnn::Dataset& pictures() {
  static const cnn::DatasetPair data = cnn::draw_samples({.seed = 1, .train = 20, .test = 10});
  return data.train;
}

cnn::Json json(const char* text) { return *cnn::parse_json(text); }

std::vector<std::uint8_t> picture(std::size_t i) {
  std::vector<std::uint8_t> rgb(cnn::kImageBytes);
  cnn::copy_picture(pictures(), i, rgb.data());
  return rgb;
}

std::vector<std::uint8_t> draw(const cnn::Augmented& from, int i) {
  const auto at =
      from.pictures.begin() + static_cast<std::ptrdiff_t>(i) * static_cast<std::ptrdiff_t>(cnn::kImageBytes);
  return {at, at + cnn::kImageBytes};
}

}  // namespace

TEST_CASE("augmented: without layers a picture is unchanged, byte for byte") {
  cnn::Exec exec(1);
  const auto result = cnn::augmented(exec, pictures(), 5, cnn::Json::array(), nullptr, 2, kSeed, kStep);
  REQUIRE(result);
  CHECK(result->layers.empty());
  CHECK(draw(*result, 0) == picture(5));
  CHECK(draw(*result, 1) == picture(5));
}

TEST_CASE(
    "augmented: the options' layers draw each place of the batch differently, repeatable for seed and step") {
  cnn::Exec exec(2);
  const cnn::Json layers =
      json(R"([{"class_name":"RandomTranslation","config":{"height_factor":0.2,"width_factor":0.2}}])");
  const auto once = cnn::augmented(exec, pictures(), 5, layers, nullptr, kCount, kSeed, kStep);
  const auto again = cnn::augmented(exec, pictures(), 5, layers, nullptr, kCount, kSeed, kStep);
  const auto later = cnn::augmented(exec, pictures(), 5, layers, nullptr, kCount, kSeed, kStep + 1);
  REQUIRE((once && again && later));
  CHECK(once->layers == std::vector<std::string>{"random_translation"});
  CHECK(once->pictures == again->pictures);
  CHECK(once->pictures != later->pictures);
  std::set<std::string> different;
  for (int i = 0; i < kCount; ++i) {
    const std::vector<std::uint8_t> one = draw(*once, i);
    different.emplace(one.begin(), one.end());
  }
  CHECK(different.size() > 3);  // of 169 translations
}

TEST_CASE("augmented: the model's own layers do the same as in its training step") {
  cnn::Exec exec(1);
  auto model = cnn::Model::from_config(json(R"({"class_name":"Sequential","config":{"name":"own","layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"RandomFlip","config":{"mode":"horizontal"}},
    {"class_name":"RandomTranslation","config":{"height_factor":0.125,"width_factor":0.125}},
    {"class_name":"Flatten","config":{}},
    {"class_name":"Dense","config":{"units":10}}]}})"));
  REQUIRE(model);
  model->initialize(1);
  const auto result = cnn::augmented(exec, pictures(), 4, cnn::Json::array(), &*model, kCount, kSeed, kStep);
  REQUIRE(result);
  CHECK(result->layers == std::vector<std::string>{"random_flip", "random_translation"});

  cnn::Batch batch;
  batch.assemble(exec, pictures(), std::vector<std::uint32_t>(kCount, 4));
  REQUIRE(model->forward(exec, batch.x(), kCount,
                         {.training = true, .seed = kSeed, .step = kStep, .keep_all = true}));
  const std::span<const float> seen = model->layer_output(2);
  REQUIRE(seen.size() == result->pictures.size());
  int wrong = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) wrong += std::lround(seen[i] * 255) != result->pictures[i];
  CHECK(wrong == 0);
}

TEST_CASE("augmented: layers that do not fit are an error") {
  cnn::Exec exec(1);
  const auto dense = cnn::augmented(exec, pictures(), 0, json(R"([{"class_name":"Flatten","config":{}}])"),
                                    nullptr, 1, kSeed, kStep);
  REQUIRE_FALSE(dense);
  CHECK(dense.error().message.find("augmentation changes the pictures' shape") != std::string::npos);
}
