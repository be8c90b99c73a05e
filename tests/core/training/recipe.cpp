// The features that the record recipe for small budgets (arXiv 2404.00498) needs, each checked against
// formulas written out here.
#include <doctest/doctest.h>

#include <cmath>

#include "core/model/presets.h"
#include "tests/core/training/training.h"

TEST_SUITE_BEGIN("core/recipe");

using namespace training_tests;
using cnn::Views;

namespace {

/// All features together, for the small network.
constexpr const char* kAll = R"({"epochs":2.5,"batch_size":16,"drop_remainder":true,"learning_rate":0.0005,
  "optimizer":{"class_name":"SGD","config":{"momentum":0.85,"nesterov":true,"form":"pytorch","weight_decay":0.5,
    "lookahead_steps":5,"lookahead_decay":0.7,"lookahead_power":3}},
  "schedule":{"class_name":"LinearCycle","config":{}},
  "loss":{"class_name":"SparseCategoricalCrossentropy","config":{"label_smoothing":0.2,"reduction":"sum"}},
  "augmentation":[{"class_name":"RandomFlip","config":{"mode":"horizontal","alternate":true}},
    {"class_name":"RandomTranslation","config":{"height_factor":0.0625,"width_factor":0.0625,"fill_mode":"mirror"}}],
  "parameter_groups":[{"parameters":"dense/bias","learning_rate_factor":4,"weight_decay":0.1},
    {"parameters":"conv2d/bias","frozen_after":1}],
  "test_time_augmentation":"mirror_translate"})";

std::vector<float> values(const cnn::Model& model, std::string_view name) {
  for (const cnn::Parameter& p : model.parameters())
    if (p.name == name) return {p.value.begin(), p.value.end()};
  return {};
}

}  // namespace

TEST_CASE(
    "recipe: all features together are bit-identical with 1, 2 and 3 threads, and resumed at any step") {
  Training whole(kAll);
  whole.run();
  CHECK(whole.error == "");
  for (const int threads : {2, 3}) {
    Training t(kAll, threads);
    t.run();
    CHECK(weights(t.model) == weights(whole.model));
    CHECK(history_text(*t.trainer) == history_text(*whole.trainer));
  }
  // An epoch has 6 steps and two slices of validation; the last one has 3 steps and then all views.
  for (const int at : {0, 1, 4, 6, 7, 8, 13, 16, 18, 19, 22, 30, 1000}) {
    CAPTURE(at);
    Training first(kAll), second(kAll);
    first.run(at);
    Saved saved(first);
    REQUIRE(saved.into(second));
    CHECK(Saved(second).json == saved.json);
    second.run();
    CHECK(weights(second.model) == weights(whole.model));
    CHECK(history_text(*second.trainer) == history_text(*whole.trainer));
  }
}

TEST_CASE("recipe: a partial last epoch is rounded up to whole batches") {
  Training t(R"({"epochs":1.25,"batch_size":10})");
  CHECK(t.trainer->progress().epochs == 2);
  t.run();
  CHECK(t.trainer->progress().global_step == 13);  // 10, then a quarter of 10 rounded up
  CHECK(t.trainer->history().size() == 2);
  CHECK(t.trainer->ending() == cnn::Ending::finished);
  Training less(R"({"epochs":0.3,"batch_size":10})");
  CHECK(less.trainer->progress().steps_per_epoch == 3);
  less.run();
  CHECK(less.trainer->progress().global_step == 3);
}

TEST_CASE("recipe: a dropped remainder counts neither for the epoch nor for its means") {
  Training t(R"({"epochs":9.9,"batch_size":30,"drop_remainder":true,"learning_rate":0})");
  CHECK(t.trainer->progress().steps_per_epoch == 3);
  t.run();
  CHECK(t.trainer->progress().global_step == 30);  // 9 * 3 + 0.9 * 3, rounded up
  const double right = t.trainer->history()[0].accuracy * 90;
  CHECK(right == doctest::Approx(std::round(right)));
}

TEST_CASE("recipe: gradients of the batch's sum are those of its mean times the batch size") {
  // Powers of two, so that both runs round in the same way.
  const char* sum = R"({"epochs":1,"batch_size":16,"drop_remainder":true,"learning_rate":0.0009765625,
    "optimizer":{"class_name":"SGD","config":{"momentum":0.5}},
    "loss":{"class_name":"SparseCategoricalCrossentropy","config":{"reduction":"sum"}}})";
  const char* mean = R"({"epochs":1,"batch_size":16,"drop_remainder":true,"learning_rate":0.015625,
    "optimizer":{"class_name":"SGD","config":{"momentum":0.5}}})";
  Training a(sum), b(mean);
  a.run();
  b.run();
  CHECK(weights(a.model) == weights(b.model));
  CHECK(a.trainer->history()[0].loss == b.trainer->history()[0].loss);
}

TEST_CASE("recipe: lookahead pulls the weights back to the slow weights, which are the result") {
  const std::string plain =
      R"({"epochs":1,"batch_size":20,"learning_rate":0.1,"optimizer":{"class_name":"SGD","config":{%}}})";
  const auto with = [&plain](const char* config) {
    std::string text = plain;
    return text.replace(text.find('%'), 1, config);
  };
  const std::string without = with("");
  Training fast(without.c_str());
  const auto begin = weights(fast.model);
  fast.run(2);
  const auto after_two = weights(fast.model);
  for (const double power : {0.0, 3.0}) {
    CAPTURE(power);
    const std::string fit =
        with(power == 0 ? R"("lookahead_steps":2,"lookahead_decay":0.75)"
                        : R"("lookahead_steps":2,"lookahead_decay":0.75,"lookahead_power":3)");
    Training t(fit.c_str());
    t.run(2);
    const double decay = 0.75 * std::pow(2.0 / 5, power);  // after two of five steps
    const auto now = weights(t.model);
    double worst = 0;
    for (std::size_t i = 0; i < now.size(); ++i)
      worst = std::max(worst, std::fabs(now[i] - (decay * begin[i] + (1 - decay) * after_two[i])));
    CHECK(worst < 1e-6);
    t.run(2);
    const auto slow = weights(t.model);  // after the fourth step both are equal
    t.run(1);                            // the fifth step is the last, and its change is discarded
    CHECK(weights(t.model) == slow);
    t.run();
    CHECK(weights(t.model) == slow);
    CHECK(*t.trainer->history()[0].val_loss ==
          cnn::evaluate(t.model, samples().test, *t.trainer->options().loss, t.exec)->loss);
  }
}

TEST_CASE("recipe: a group has its own weight decay, coupled or decoupled") {
  for (const bool in_gradient : {false, true}) {
    CAPTURE(in_gradient);
    const std::string head =
        std::string(
            R"({"epochs":1,"batch_size":20,"learning_rate":0.01,"optimizer":{"class_name":"SGD","config":{)") +
        (in_gradient ? R"("form":"pytorch",)" : "");
    const std::string none = head + R"("weight_decay":0}}})";
    const std::string groups =
        head +
        R"("weight_decay":2}},"parameter_groups":[{"parameters":"dense/*","weight_decay":5,"learning_rate_factor":3}]})";
    Training a(none.c_str()), b(groups.c_str());
    const auto dense = values(a.model, "dense/kernel"), conv = values(a.model, "conv2d/kernel");
    a.run(1);
    b.run(1);
    const auto dense_a = values(a.model, "dense/kernel"), dense_b = values(b.model, "dense/kernel");
    const auto conv_a = values(a.model, "conv2d/kernel"), conv_b = values(b.model, "conv2d/kernel");
    double worst = 0;
    for (std::size_t i = 0; i < conv.size(); ++i)
      worst = std::max(worst, std::fabs(conv_b[i] - (conv_a[i] - 0.01 * 2.0 * conv[i])));
    for (std::size_t i = 0; i < dense.size(); ++i)
      worst = std::max(
          worst, std::fabs(dense_b[i] - (dense[i] + 3 * (dense_a[i] - dense[i]) - 0.03 * 5.0 * dense[i])));
    CHECK(worst < 1e-6);
  }
}

TEST_CASE("recipe: parameters frozen after an epoch change until then") {
  Training t(R"({"epochs":3,"batch_size":20,"parameter_groups":[{"parameters":"conv2d/*","frozen_after":1},
    {"parameters":"dense/*","frozen_after":2}]})");
  const auto conv = values(t.model, "conv2d/kernel"), dense = values(t.model, "dense/kernel");
  t.run(5);
  const auto conv_1 = values(t.model, "conv2d/kernel"), dense_1 = values(t.model, "dense/kernel");
  CHECK(conv_1 != conv);
  CHECK(dense_1 != dense);
  t.run(2 + 5);
  CHECK(values(t.model, "conv2d/kernel") == conv_1);
  const auto dense_2 = values(t.model, "dense/kernel");
  CHECK(dense_2 != dense_1);
  t.run();
  CHECK(values(t.model, "conv2d/kernel") == conv_1);
  CHECK(values(t.model, "dense/kernel") == dense_2);
}

TEST_CASE("recipe: alternating flips mirror a picture in every second epoch, wherever it is in the batch") {
  auto flip = cnn::Model::from_config(*cnn::parse_json(R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,1,2,1]}},
    {"class_name":"RandomFlip","config":{"mode":"horizontal","alternate":true}}]}})"));
  REQUIRE(flip);
  cnn::Exec exec;
  constexpr int n = 1000;
  std::vector<float> x;
  std::vector<std::uint32_t> pictures;
  for (int i = 0; i < n; ++i) {
    x.insert(x.end(), {0.0f, 1.0f});
    pictures.push_back(static_cast<std::uint32_t>(n - 1 - i));
  }
  const auto mirrored = [&](std::uint64_t epoch, const std::vector<std::uint32_t>& order) {
    cnn::ForwardOptions how;
    how.training = true;
    how.seed = 3;
    how.step = 17 * epoch;
    how.epoch = epoch;
    how.pictures = order.data();
    const float* y = flip->forward(exec, x.data(), n, how);
    std::vector<bool> of_picture(n);
    for (std::size_t i = 0; i < n; ++i) of_picture[order[i]] = y[2 * i] == 1;
    return of_picture;
  };
  const auto first = mirrored(0, pictures);
  auto other = first;
  other.flip();
  std::vector<std::uint32_t> sorted(pictures.rbegin(), pictures.rend());
  CHECK(mirrored(0, sorted) == first);
  CHECK(mirrored(1, sorted) == other);
  CHECK(mirrored(2, pictures) == first);
  const auto ones = std::count(first.begin(), first.end(), true);
  CHECK(std::abs(static_cast<double>(ones) - n / 2.0) < 4 * std::sqrt(n / 4.0));
}

TEST_CASE("recipe: test-time augmentation averages the logits of mirrored and moved pictures") {
  Training t(R"({"epochs":2,"batch_size":20})");
  t.run();
  const cnn::Dataset& data = samples().test;
  static constexpr int side = 32;
  // As in the paper's code: pad the picture by one reflected pixel, then take a window.
  const auto shown = [&](std::size_t picture, int top, bool mirror) {
    std::vector<float> y;
    for (int i = 0; i < side; ++i)
      for (int j = 0; j < side; ++j)
        for (std::size_t c = 0; c < 3; ++c) {
          const auto in_frame = [](int at) { return at == 0 ? 1 : at == side + 1 ? side - 2 : at - 1; };
          const int row = in_frame(i + top), column = in_frame((mirror ? side - 1 - j : j) + top);
          y.push_back(
              static_cast<float>(data.image(picture)[(c * side + static_cast<std::size_t>(row)) * side +
                                                     static_cast<std::size_t>(column)]) *
              (1.0f / 255));
        }
    return y;
  };
  for (const Views views : {Views::mirror, Views::mirror_translate}) {
    double loss = 0;
    for (std::size_t picture = 0; picture < data.size(); ++picture) {
      double logits[10] = {};
      for (const int top : {1, 0, 2}) {
        if (views == Views::mirror && top != 1) continue;
        const double weight = views == Views::mirror ? 0.5 : top == 1 ? 0.25 : 0.125;
        for (const bool mirror : {false, true}) {
          t.model.forward(t.exec, shown(picture, top, mirror).data(), 1);
          for (int k = 0; k < 10; ++k) logits[k] += weight * static_cast<double>(t.model.logits()[k]);
        }
      }
      double sum = 0;
      for (const double z : logits) sum += std::exp(z);
      loss += std::log(sum) - logits[data.labels[picture]];
    }
    const auto result = cnn::evaluate(t.model, data, *t.trainer->options().loss, t.exec, views);
    REQUIRE(result);
    CHECK(result->loss == doctest::Approx(loss / static_cast<double>(data.size())).epsilon(1e-5));
    CHECK(result->matrix.total() == 60);
  }
  Training with(R"({"epochs":2,"batch_size":20,"test_time_augmentation":"mirror"})");
  with.run();
  CHECK(weights(with.model) == weights(t.model));
  CHECK(!with.trainer->history()[0].tta_accuracy);
  CHECK(*with.trainer->history()[1].tta_accuracy ==
        cnn::evaluate(t.model, data, *t.trainer->options().loss, t.exec, Views::mirror)->accuracy);
  CHECK(with.trainer->evaluation()->accuracy ==
        t.trainer->evaluation()->accuracy);  // still the plain validation
}

TEST_CASE("recipe: the preset has the paper's numbers, converted for these optimizers") {
  const auto fit = cnn::FitOptions::from_json(cnn::preset_fit("speedrun"));
  REQUIRE(fit);
  const double momentum = 0.85, kilostep = 1024 * (1 + 1 / (1 - momentum));
  const double rate = 11.5 / kilostep, decay = 0.0153 * 1024 / kilostep;
  CHECK(*fit->learning_rate == doctest::Approx(rate));
  CHECK(*fit->optimizer->weight_decay * rate == doctest::Approx(decay));
  const cnn::ParameterGroup& shifts = fit->parameter_groups.at(0);
  CHECK(shifts.fits("batch_normalization_3/beta"));
  CHECK(shifts.learning_rate_factor == 64);
  CHECK(*shifts.weight_decay * rate * 64 == doctest::Approx(decay));
  CHECK(fit->optimizer->lookahead_decay == doctest::Approx(std::pow(0.95, 5)));
  const auto model = cnn::Model::from_config(*cnn::preset("speedrun"));
  REQUIRE(model);
  for (const cnn::ParameterGroup& group : fit->parameter_groups) {
    CAPTURE(group.parameters);
    const auto parameters = model->parameters();
    CHECK(std::any_of(parameters.begin(), parameters.end(),
                      [&](const cnn::Parameter& p) { return group.fits(p.name); }));
  }
}
