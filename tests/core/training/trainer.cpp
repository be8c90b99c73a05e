#include "core/training/trainer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/model/presets.h"
#include "tests/core/training/training.h"

TEST_SUITE_BEGIN("core/trainer");

using namespace training_tests;

TEST_CASE("trainer: can memorize 20 pictures") {
  auto data = cnn::draw_samples({.seed = 3, .train = 20, .test = 0});
  cnn::Exec exec;
  auto model = cnn::Model::from_config(*cnn::preset("tutorial_small"));
  REQUIRE(model);
  model->initialize(1);
  auto trainer =
      cnn::Trainer::make(*model, data.train, nullptr, options(R"({"epochs":60,"batch_size":10})"), exec);
  REQUIRE(trainer);
  while (!(*trainer)->done()) REQUIRE((*trainer)->step());
  const auto result = cnn::evaluate(*model, data.train, *(*trainer)->options().loss, exec);
  REQUIRE(result);
  CHECK(result->accuracy == 1);
  CHECK(result->loss < 0.1);
}

TEST_CASE("trainer: an epoch has every picture once, and its steps are counted as in Keras") {
  Training t(R"({"epochs":2,"batch_size":32})");
  CHECK(t.trainer->progress().steps_per_epoch == 4);  // 100 = 3 * 32 + 4
  CHECK(t.trainer->progress().epoch == 1);
  int trained = 0, validated = 0;
  while (!t.trainer->done()) {
    const auto outcome = t.trainer->step();
    REQUIRE(outcome);
    (outcome->trained ? trained : validated)++;
    CHECK(outcome->epoch_ended == (trained % 4 == 0 && validated == trained / 4 * 2));
  }
  CHECK(trained == 8);
  CHECK(validated == 4);  // 60 pictures in slices of 50
  CHECK(t.trainer->history().size() == 2);
  CHECK(t.trainer->history()[1].epoch == 2);
  CHECK(t.trainer->evaluation()->matrix.total() == 60);
  CHECK(*t.trainer->history()[1].val_accuracy == t.trainer->evaluation()->accuracy);
  CHECK(t.trainer->ending() == cnn::Ending::finished);
  const cnn::Progress end = t.trainer->progress();
  CHECK(end.global_step == 8);
  CHECK(end.phase == cnn::Phase::finished);
  CHECK(end.epoch == 2);
  CHECK(end.step == 4);
  CHECK(end.steps_per_epoch == 4);
}

TEST_CASE("trainer: an epoch's loss is the mean over its pictures, even with a smaller last batch") {
  // With a learning rate of 0 and no dropout every batch sees the same weights.
  constexpr const char* plain = R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"Flatten","config":{}},{"class_name":"Dense","config":{"units":10,"activation":"softmax"}}]}})";
  Training t(R"({"epochs":1,"batch_size":30,"learning_rate":0})", 1, samples(), plain);
  t.run();
  const auto whole = cnn::evaluate(t.model, samples().train, *t.trainer->options().loss, t.exec);
  REQUIRE(whole);
  CHECK(t.trainer->history()[0].loss == doctest::Approx(whole->loss));
  CHECK(t.trainer->history()[0].accuracy == doctest::Approx(whole->accuracy));
}

TEST_CASE("trainer: a seed is bit-identical with 1, 2 and 3 threads, and another seed differs") {
  constexpr const char* fit = R"({"epochs":10,"batch_size":10})";
  Training one(fit, 1);
  one.run(100);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    Training t(fit, threads);
    t.run(100);
    const auto a = weights(one.model), b = weights(t.model);
    CHECK(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
    CHECK(history_text(*t.trainer) == history_text(*one.trainer));
  }
  Training other(R"({"epochs":10,"batch_size":10,"seed":2})");
  other.run(100);
  CHECK(weights(other.model) != weights(one.model));
}

TEST_CASE(
    "trainer: saved during a validation and continued without validation pictures, it skips the validation") {
  constexpr const char* fit =
      R"({"epochs":2,"batch_size":20,"optimizer":{"class_name":"Adam","config":{"use_ema":true}}})";
  Training first(fit);
  while (!first.trainer->validating()) REQUIRE(first.trainer->step());
  REQUIRE(first.trainer->step());  // a part of the validation
  for (const bool stopped : {false, true}) {
    CAPTURE(stopped);
    if (stopped) first.trainer->stop();
    Saved saved(first);
    const cnn::DatasetPair train_only{samples().train, {}};
    Training second(fit, 1, train_only);
    REQUIRE(saved.into(second));
    REQUIRE(second.trainer->history().size() == 1);
    CHECK_FALSE(second.trainer->history()[0].val_loss);
    second.run();
    CHECK(second.error.empty());
    CHECK(second.trainer->ending() == cnn::Ending::finished);
    CHECK(second.trainer->history().size() == 2);
  }
}

TEST_CASE("trainer: norms are those of the requested step, and requesting them is bit-identical") {
  constexpr const char* fit = R"({"epochs":1,"batch_size":20,"validate":false,"optimizer":{"class_name":"SGD",
    "config":{"learning_rate":0.5}}})";
  Training plain(fit), noting(fit);
  plain.run(1), noting.run(1);
  CHECK(noting.trainer->take_norms().empty());
  const std::vector<float> before = weights(noting.model);
  noting.trainer->note_norms();
  plain.run(1), noting.run(1);
  const std::vector<float> after = weights(noting.model);
  CHECK(after == weights(plain.model));
  const auto norms = noting.trainer->take_norms();
  CHECK(noting.trainer->take_norms().empty());
  REQUIRE(norms.size() == 3);
  CHECK((norms[0].layer == "conv2d" && norms[1].layer == "batch_normalization" && norms[2].layer == "dense"));
  // Plain gradient descent: the gradient is the change of the weights over the learning rate.
  for (const auto& norm : norms) {
    CAPTURE(norm.layer);
    double squares = 0, moved = 0;
    std::size_t at = 0;
    for (const cnn::Parameter& p : noting.model.parameters())
      for (const std::size_t end = at + p.value.size(); at < end; ++at) {
        if (!p.trainable || p.name.substr(0, p.name.find('/')) != norm.layer) continue;
        squares += std::pow(static_cast<double>(before[at]), 2);
        moved += std::pow(static_cast<double>(after[at] - before[at]) / 0.5, 2);
      }
    CHECK(norm.weights == doctest::Approx(std::sqrt(squares)).epsilon(1e-5));
    CHECK(norm.gradient == doctest::Approx(std::sqrt(moved)).epsilon(1e-4));
    CHECK(norm.gradient > 0);
  }
  noting.run(1);
  CHECK(noting.trainer->take_norms().empty());
}

TEST_CASE(
    "trainer: a learning rate of 1000 is reported as divergence, and the weights from before come back") {
  const std::string small = cnn::preset("tutorial_small")->dump();
  Training t(R"({"epochs":3,"batch_size":10,"learning_rate":1000})", 1, samples(), small.c_str());
  const auto before = weights(t.model);
  t.run();
  CHECK(t.error.find("training diverged in epoch 1, step ") == 0);
  CHECK(t.error.find("try a smaller learning rate (it was 1000)") != std::string::npos);
  CHECK(t.trainer->ending() == cnn::Ending::diverged);
  CHECK(weights(t.model) == before);
  CHECK(t.trainer->history().empty());
}

TEST_CASE("trainer: a weight that is not a number is divergence, too") {
  Training t(R"({"epochs":1,"batch_size":10})");
  t.model.parameters()[3].value[0] = std::nanf("");
  t.run();
  CHECK(t.error.find("the loss is nan") != std::string::npos);
}

TEST_CASE("trainer: the error of an impossible training names the field") {
  CHECK(Training(R"({"batch_size":101})").error ==
        "Batch size 101 is larger than the 100 training pictures; choose 100 or less");
  CHECK(Training(R"({"validate":false,"callbacks":["EarlyStopping"]})").error ==
        "fit: EarlyStopping monitors val_loss, but validation is off; monitor loss or accuracy, or turn "
        "validate on");
  CHECK(Training(R"({"augmentation":["Nothing"]})").error.find("fit: augmentation: ") == 0);
  CHECK(Training(R"({"augmentation":[{"class_name":"Flatten","config":{}}]})")
            .error.find("changes the pictures' shape") != std::string::npos);
  const cnn::DatasetPair empty;
  CHECK(Training("{}", 1, empty).error == "there are no training pictures; load a data set first");
  cnn::DatasetPair five = samples();
  five.train.class_names.resize(5);
  CHECK(Training("{}", 1, five).error.find("the data set has 5. Give the last layer 5 units") !=
        std::string::npos);
  constexpr const char* gray = R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,28,28,1]}},
    {"class_name":"Flatten","config":{}},{"class_name":"Dense","config":{"units":10}}]}})";
  CHECK(Training("{}", 1, samples(), gray).error ==
        "The network takes inputs of (28, 28, 1); the pictures are (32, 32, 3).");
}

TEST_CASE("trainer: the held-out share is never trained on") {
  Training t(R"({"epochs":1,"batch_size":10,"validation_split":0.25})");
  CHECK(t.trainer->progress().steps_per_epoch == 8);  // 75 pictures
  t.run();
  CHECK(t.trainer->evaluation()->matrix.total() == 25);
  CHECK(Training(R"({"batch_size":76,"validation_split":0.25})").error ==
        "Batch size 76 is larger than the 75 training pictures; choose 75 or less");
}

TEST_CASE("trainer: with a held-out share the test pictures are never used") {
  constexpr const char* fit = R"({"epochs":2,"batch_size":10,"validation_split":0.25})";
  cnn::DatasetPair other = samples();
  for (std::uint8_t& value : other.test.images) value = static_cast<std::uint8_t>(255 - value);
  for (std::uint8_t& label : other.test.labels) label = 0;
  Training one(fit), two(fit, 1, other);
  one.run();
  two.run();
  CHECK(weights(one.model) == weights(two.model));
  REQUIRE(two.trainer->history().size() == 2);
  CHECK(one.trainer->history()[1].val_loss == two.trainer->history()[1].val_loss);
  CHECK(one.trainer->history()[1].val_accuracy == two.trainer->history()[1].val_accuracy);
}

TEST_CASE("trainer: with validate off there are no validation results") {
  Training t(R"({"epochs":1,"batch_size":10,"validate":false})");
  t.run();
  CHECK(!t.trainer->history()[0].val_loss);
  CHECK(t.trainer->evaluation() == nullptr);
}

TEST_CASE("trainer: changes of learning rate and batch size take effect at the next batch") {
  Training t(R"({"epochs":1,"batch_size":10})");
  t.run(2);
  REQUIRE(t.trainer->set_batch_size(40));
  REQUIRE(t.trainer->set_learning_rate(0));
  CHECK(t.trainer->progress().steps_per_epoch == 4);  // 10 + 10 + 40 + 40
  const auto before = learned(t.model);
  t.run(2);
  CHECK(learned(t.model) == before);
  CHECK(t.trainer->progress().phase == cnn::Phase::validating);
  CHECK(!t.trainer->set_batch_size(0));
  CHECK(!t.trainer->set_batch_size(101));
  CHECK(!t.trainer->set_learning_rate(-1));
  CHECK(!t.trainer->set_learning_rate(std::nan("")));
}

TEST_CASE("trainer: early stopping restores the best weights, however training ends") {
  // The high rate makes later epochs worse than the first.
  constexpr const char* fit = R"({"epochs":6,"batch_size":10,"learning_rate":0.03,
    "optimizer":{"class_name":"SGD","config":{"momentum":0.95}},"callbacks":[
    {"class_name":"EarlyStopping","config":{"patience":%,"restore_best_weights":true,"monitor":"val_accuracy"}}]})";
  const auto best_of = [](const std::vector<cnn::HistoryRow>& rows) {
    double best = 0;
    for (const auto& row : rows) best = std::max(best, *row.val_accuracy);
    return best;
  };
  for (const char* patience : {"1", "100"}) {
    CAPTURE(patience);
    std::string text = fit;
    text.replace(text.find('%'), 1, patience);
    Training t(text.c_str());
    t.run();
    const auto result = cnn::evaluate(t.model, samples().test, *t.trainer->options().loss, t.exec);
    REQUIRE(result);
    CHECK(result->accuracy == best_of(t.trainer->history()));
  }
  std::string text = fit;
  text.replace(text.find('%'), 1, "100");
  Training stopped(text.c_str());
  stopped.run(40);  // in the middle of an epoch
  stopped.trainer->stop();
  CHECK(stopped.trainer->ending() == cnn::Ending::stopped);
  const auto result =
      cnn::evaluate(stopped.model, samples().test, *stopped.trainer->options().loss, stopped.exec);
  CHECK(result->accuracy == best_of(stopped.trainer->history()));
}

TEST_CASE("trainer: stopping during the first epoch keeps the weights") {
  Training t(
      R"({"epochs":2,"batch_size":10,"callbacks":[{"class_name":"EarlyStopping","config":{"restore_best_weights":true}}]})");
  t.run(3);
  const auto before = weights(t.model);
  t.trainer->stop();
  CHECK(weights(t.model) == before);
  CHECK(t.trainer->done());
  CHECK(t.trainer->step());
}

TEST_CASE("trainer: validation uses the averaged weights, and they are the result") {
  constexpr const char* fit = R"({"epochs":2,"batch_size":10,
    "optimizer":{"class_name":"Adam","config":{"use_ema":true,"ema_momentum":0.9}}})";
  Training averaged(fit), plain(R"({"epochs":2,"batch_size":10})");
  averaged.run(10);
  plain.run(10);
  averaged.run(1);  // in the validation
  CHECK(weights(averaged.model) != weights(plain.model));
  averaged.run();
  plain.run();
  CHECK(averaged.trainer->history()[1].loss ==
        plain.trainer->history()[1].loss);  // training itself is the same
  CHECK(*averaged.trainer->history()[1].val_loss != *plain.trainer->history()[1].val_loss);
  const auto result =
      cnn::evaluate(averaged.model, samples().test, *averaged.trainer->options().loss, averaged.exec);
  CHECK(result->loss == *averaged.trainer->history()[1].val_loss);
}

TEST_CASE("trainer: a group's learning rate of 0 freezes its parameters") {
  Training t(
      R"({"epochs":1,"batch_size":10,"parameter_groups":[{"parameters":"dense/*","learning_rate_factor":0}]})");
  const auto before = weights(t.model);
  t.run(3);
  const auto after = weights(t.model);
  std::size_t at = 0;
  for (const cnn::Parameter& p : std::as_const(t.model).parameters()) {
    const auto from = static_cast<std::ptrdiff_t>(at), to = static_cast<std::ptrdiff_t>(at += p.value.size());
    const bool same = std::equal(before.begin() + from, before.begin() + to, after.begin() + from);
    CAPTURE(p.name);
    CHECK(same == (p.name.rfind("dense/", 0) == 0));
  }
}

TEST_CASE("trainer: clipping bounds the step") {
  for (const char* clip : {"clipnorm", "global_clipnorm"}) {
    CAPTURE(clip);
    const std::string fit =
        std::string(
            R"({"epochs":1,"batch_size":10,"learning_rate":1,"optimizer":{"class_name":"SGD","config":{")") +
        clip + R"(":0.001}}})";
    Training t(fit.c_str());
    const auto before = learned(t.model);
    t.run(1);
    const auto after = learned(t.model);
    double squares = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
      squares += (after[i] - before[i]) * static_cast<double>(after[i] - before[i]);
    const double arrays = std::string(clip) == "clipnorm" ? 6 : 1;
    CHECK(std::sqrt(squares) <= 0.001 * std::sqrt(arrays) * 1.01);
    CHECK(squares > 0);
  }
}

TEST_CASE("trainer: Adam's step fused into the dense layer is bit-identical to one after it") {
  // A clipping that never clips still needs all gradients, so nothing is fused.
  constexpr const char* apart =
      R"({"epochs":2,"batch_size":10,"optimizer":{"class_name":"AdamW","config":{"global_clipnorm":1e30}}})";
  constexpr const char* fused = R"({"epochs":2,"batch_size":10,"optimizer":"AdamW"})";
  const std::string small = cnn::preset("tutorial_small")->dump();
  Training a(apart, 1, samples(), small.c_str()), b(fused, 2, samples(), small.c_str());
  CHECK(b.model.fuses_adam(4));  // dense/kernel
  CHECK(!b.model.fuses_adam(5));
  CHECK(!b.model.fuses_adam(0));
  a.run(15);
  for (int i = 0; i < 15; ++i) {
    if (i % 4 == 1) b.trainer->note_norms();  // that step is not fused either
    b.run(1);
  }
  REQUIRE(b.trainer->take_norms().size() == 4);
  CHECK(weights(a.model) == weights(b.model));
}

TEST_CASE("trainer: pictures that arrive during an epoch are used from the next one on") {
  cnn::DatasetPair data = cnn::draw_samples({.seed = 1, .train = 50, .test = 0});
  const cnn::DatasetPair more = cnn::draw_samples({.seed = 1, .train = 100, .test = 0});
  Training t(R"({"epochs":2,"batch_size":25})", 1, data);
  t.run(1);
  data.train.labels = more.train.labels;
  data.train.images = more.train.images;
  CHECK(t.trainer->progress().steps_per_epoch == 2);
  t.run(1);
  CHECK(t.trainer->history().size() == 1);
  CHECK(t.trainer->progress().steps_per_epoch == 4);
  t.run();
  CHECK(t.trainer->progress().global_step == 6);
}

TEST_CASE("trainer: models that end in logits or in probabilities without softmax can be trained") {
  constexpr const char* linear = R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"Flatten","config":{}},{"class_name":"Dense","config":{"units":10}}]}})";
  std::string softmax = linear, sigmoid = linear;
  const std::string end = "\"units\":10";
  softmax.replace(softmax.find(end), end.size(), end + ",\"activation\":\"softmax\"");
  sigmoid.replace(sigmoid.find(end), end.size(), end + ",\"activation\":\"sigmoid\"");
  constexpr const char* fit = R"({"epochs":2,"batch_size":20,"learning_rate":0.0001})";
  Training a(fit, 1, samples(), linear), b(fit, 1, samples(), softmax.c_str()),
      c(fit, 1, samples(), sigmoid.c_str());
  a.run();
  b.run();
  c.run();
  CHECK(history_text(*a.trainer) == history_text(*b.trainer));
  CHECK(c.trainer->history()[1].loss < c.trainer->history()[0].loss);
}

TEST_CASE("presets: the recommended training of each is valid") {
  for (const cnn::Preset& preset : cnn::presets()) {
    CAPTURE(std::string(preset.name));
    CHECK(cnn::parse_json(preset.fit));
    CHECK(cnn::FitOptions::from_json(cnn::preset_fit(preset.name)));
  }
  CHECK(cnn::FitOptions::from_json(cnn::preset_fit("vgg_bn"))->epochs == 30);
  CHECK(cnn::preset_fit("no such preset").members()->empty());
}
