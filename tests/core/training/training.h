#pragma once
/// Shared by the tests of the trainer: a small network, pictures, a complete training, and the content of a
/// checkpoint.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/datasets/samples.h"
#include "core/training/trainer.h"

namespace training_tests {

/// A small network with dropout and batch normalization, and so with random numbers and moving averages.
inline constexpr const char* kNetwork = R"({"class_name":"Sequential","config":{"name":"small","layers":[
  {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
  {"class_name":"Conv2D","config":{"filters":4,"kernel_size":3,"strides":2,"padding":"same","activation":"relu"}},
  {"class_name":"BatchNormalization","config":{"momentum":0.9}},
  {"class_name":"MaxPooling2D","config":{}},
  {"class_name":"Dropout","config":{"rate":0.25}},
  {"class_name":"Flatten","config":{}},
  {"class_name":"Dense","config":{"units":10,"activation":"softmax"}}]}})";

inline cnn::Model network(const char* config = kNetwork, std::uint64_t seed = 1) {
  auto model = cnn::Model::from_config(*cnn::parse_json(config));
  REQUIRE(model);
  model->initialize(seed);
  return std::move(*model);
}

inline const cnn::DatasetPair& samples() {
  static const cnn::DatasetPair data = cnn::draw_samples({.seed = 1, .train = 100, .test = 60});
  return data;
}

inline cnn::FitOptions options(const char* text) {
  auto read = cnn::FitOptions::from_json(*cnn::parse_json(text));
  REQUIRE((read ? "" : read.error().message) == std::string());
  return std::move(*read);
}

inline std::vector<float> weights(const cnn::Model& model) {
  std::vector<float> all;
  for (const cnn::Parameter& p : model.parameters()) all.insert(all.end(), p.value.begin(), p.value.end());
  return all;
}

/// Trainable weights only: moving averages change whatever the optimizer does.
inline std::vector<float> learned(const cnn::Model& model) {
  std::vector<float> all;
  for (const cnn::Parameter& p : model.parameters()) {
    if (p.trainable) all.insert(all.end(), p.value.begin(), p.value.end());
  }
  return all;
}

/// A model and its trainer.
struct Training {
  cnn::Exec exec;
  cnn::Model model;
  std::unique_ptr<cnn::Trainer> trainer;
  std::string error;

  explicit Training(const char* fit, int threads = 1, const cnn::DatasetPair& data = samples(),
                    const char* config = kNetwork)
      : exec(threads), model(network(config)) {
    auto made = cnn::Trainer::make(model, data.train, &data.test, options(fit), exec);
    if (made)
      trainer = std::move(*made);
    else
      error = made.error().message;
  }
  /// Steps until the training is done, but at most `most` times.
  void run(int most = 1 << 30) {
    for (int i = 0; i < most && !trainer->done(); ++i) {
      auto step = trainer->step();
      if (!step) error = step.error().message;
    }
  }
};

/// The history without times, to compare two runs.
inline std::string history_text(const cnn::Trainer& trainer) {
  std::string text;
  for (cnn::HistoryRow row : trainer.history()) {
    row.seconds = row.images_per_second = 0;
    text += cnn::to_json(row).dump() + "\n";
  }
  return text;
}

/// The content of a checkpoint, copied from the trainer and the model.
struct Saved {
  std::string json;
  std::vector<std::pair<std::string, std::vector<float>>> arrays;
  std::vector<float> weights;

  explicit Saved(Training& t) : weights(training_tests::weights(t.model)) {
    const cnn::TrainerState state = t.trainer->save();
    json = state.json.dump();
    for (const auto& array : state.arrays)
      arrays.emplace_back(array.name, std::vector<float>(array.values.begin(), array.values.end()));
  }
  cnn::Result<void> into(Training& t) {
    auto at = weights.begin();
    for (cnn::Parameter& p : t.model.parameters()) {
      std::copy_n(at, p.value.size(), p.value.begin());
      at += static_cast<std::ptrdiff_t>(p.value.size());
    }
    cnn::TrainerState state;
    state.json = *cnn::parse_json(json);
    for (auto& [name, values] : arrays) state.arrays.push_back({name, values});
    return t.trainer->restore(state);
  }
};

}  // namespace training_tests
