#pragma once
/// Models for the tests of file formats, among them one with every layer that other tools have, too.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/random.h"
#include "core/model/model.h"
#include "core/run/exec.h"

namespace cnn::test {

inline Json json_of(std::string_view text) {
  const auto json = parse_json(text);
  REQUIRE(json);
  return *json;
}

/// A model with weights that are neither zeros nor ones, moving averages included.
inline Model model_of(const Json& config) {
  auto model = Model::from_config(config);
  if (!model) FAIL(model.error().message);
  model->initialize(11);
  RandomStream random(5, RandomPurpose::test);
  for (Parameter& parameter : model->parameters()) {
    const bool is_matrix = parameter.shape.rank() > 1;
    for (float& value : parameter.value) value = is_matrix ? value : random.uniform(0.25f, 1.0f);
  }
  return std::move(*model);
}

inline Json sequential(std::string_view layers) {
  return json_of(R"({"class_name": "Sequential", "config": {"name": "all", "layers": [
    {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 12, 10, 3]}},)" +
                 std::string(layers) + "]}}");
}

constexpr std::string_view kEveryLayer = R"(
  {"class_name": "RandomFlip", "config": {}},
  {"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": [3, 2], "padding": "same", "activation": "relu"}},
  {"class_name": "BatchNormalization", "config": {"epsilon": 0.01}},
  {"class_name": "DepthwiseConv2D", "config": {"kernel_size": 3, "depth_multiplier": 2, "activation": "elu"}},
  {"class_name": "BatchNormalization", "config": {"scale": false, "center": false}},
  {"class_name": "LeakyReLU", "config": {"negative_slope": 0.1}},
  {"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": 1, "use_bias": false, "activation": "leaky_relu"}},
  {"class_name": "MaxPooling2D", "config": {"pool_size": 3, "strides": 2, "padding": "same"}},
  {"class_name": "Conv2D", "config": {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh"}},
  {"class_name": "AveragePooling2D", "config": {"pool_size": 2, "strides": 1, "padding": "same"}},
  {"class_name": "Activation", "config": {"activation": "sigmoid"}},
  {"class_name": "Dropout", "config": {"rate": 0.5}},
  {"class_name": "Flatten", "config": {}},
  {"class_name": "Dense", "config": {"units": 9, "activation": "gelu"}},
  {"class_name": "Dense", "config": {"units": 7, "use_bias": false, "activation": "gelu"}},
  {"class_name": "Dense", "config": {"units": 4, "activation": "softmax"}})";

/// Pixels divided by 255, [n, input].
inline std::vector<float> pictures(const Model& model, int n) {
  RandomStream random(9, RandomPurpose::test);
  std::vector<float> x(static_cast<std::size_t>(n) * count(model.input_shape()));
  for (float& value : x) value = static_cast<float>(random.next_u32() >> 24) / 255.0f;
  return x;
}

inline std::vector<float> outputs(Model& model, int n = 4) {
  Exec exec(1);
  const std::vector<float> x = pictures(model, n);
  const float* y = model.forward(exec, x.data(), n);
  REQUIRE(y);
  return {y, y + static_cast<std::size_t>(n) * count(model.output_shape())};
}

inline float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

inline bool same_weights(const Model& a, const Model& b) {
  if (a.parameters().size() != b.parameters().size()) return false;
  for (std::size_t i = 0; i < a.parameters().size(); ++i) {
    const Parameter &p = a.parameters()[i], &q = b.parameters()[i];
    if (p.value.size_bytes() != q.value.size_bytes()) return false;
    if (std::memcmp(p.value.data(), q.value.data(), p.value.size_bytes()) != 0) return false;
  }
  return true;
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace cnn::test
