#include "core/training/kept_weights.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/core/training/training.h"

TEST_SUITE_BEGIN("core/kept_weights");

using training_tests::learned;
using training_tests::network;
using training_tests::weights;

namespace {

/// With the settings that decide which copies exist.
cnn::Sgd optimizer(bool use_ema, int lookahead_steps) {
  cnn::Sgd sgd;
  sgd.use_ema = use_ema;
  sgd.ema_momentum = 0.75;
  sgd.lookahead_steps = lookahead_steps;
  return sgd;
}

/// All weights, moving averages included.
void fill(cnn::Model& model, float value) {
  for (cnn::Parameter& p : model.parameters())
    for (float& weight : p.value) weight = value;
}

/// As after a training step that sets all weights to `value`.
void step(cnn::KeptWeights& kept, cnn::Model& model, std::int64_t number, float value) {
  cnn::Exec exec;
  fill(model, value);
  for (std::size_t i = 0; i < model.parameters().size(); ++i)
    if (!model.parameters()[i].gradient.empty()) kept.update_average(exec, i, number);
}

bool all(const std::vector<float>& values, float value) {
  for (const float v : values)
    if (v != value) return false;
  return !values.empty();
}

std::string names(cnn::KeptWeights& kept, std::size_t parameter) {
  std::vector<cnn::NamedArray> arrays;
  kept.append_arrays(parameter, arrays);
  std::string text;
  for (const cnn::NamedArray& array : arrays) text += array.name + " ";
  return text;
}

}  // namespace

TEST_CASE("kept weights: the average starts at step 1, and swapping it in and out is bit-identical") {
  cnn::Model model = network();
  const cnn::Sgd sgd = optimizer(true, 0);
  cnn::KeptWeights kept(model, sgd);
  step(kept, model, 1, 4);
  step(kept, model, 2, 8);
  kept.use_average(true);
  CHECK(kept.average_in_model());
  CHECK(all(learned(model), 5));  // 0.75 * 4 + 0.25 * 8
  kept.use_average(true);         // no second swap
  CHECK(all(learned(model), 5));
  kept.use_average(false);
  CHECK(all(weights(model), 8));
}

TEST_CASE("kept weights: lookahead pulls weights and moving averages back to the slow weights") {
  cnn::Exec exec;
  cnn::Model model = network();
  const cnn::Sgd sgd = optimizer(false, 5);
  cnn::KeptWeights kept(model, sgd);
  fill(model, 4);
  kept.restart_slow();
  fill(model, 8);
  kept.look_ahead(exec, 0.75);
  CHECK(all(weights(model), 5));
  fill(model, 9);
  kept.look_ahead(exec, 1);  // the slow weights alone
  CHECK(all(weights(model), 5));
}

TEST_CASE("kept weights: the result is the best weights, else the average, else the current weights") {
  const cnn::Sgd plain = optimizer(false, 0), averaged = optimizer(true, 0);
  for (const bool use_ema : {false, true}) {
    CAPTURE(use_ema);
    cnn::Model model = network();
    cnn::KeptWeights kept(model, use_ema ? averaged : plain);
    step(kept, model, 1, 4);
    kept.keep_best();
    CHECK(kept.has_best());
    step(kept, model, 2, 8);
    kept.put_result();
    CHECK(all(learned(model), 4));

    cnn::Model other = network();
    cnn::KeptWeights without_best(other, use_ema ? averaged : plain);
    step(without_best, other, 1, 4);
    step(without_best, other, 2, 8);
    without_best.put_result();
    CHECK(all(learned(other), use_ema ? 5 : 8));
  }
}

TEST_CASE(
    "kept weights: the last good weights replace the current ones, even with the average in the model") {
  cnn::Model model = network();
  const cnn::Sgd sgd = optimizer(true, 0);
  cnn::KeptWeights kept(model, sgd);
  step(kept, model, 1, 4);
  kept.keep_last_good();
  step(kept, model, 2, 8);
  kept.use_average(true);
  kept.put_last_good();
  CHECK(all(weights(model), 4));
  CHECK(!kept.average_in_model());
}

TEST_CASE("kept weights: checkpoints name the copies that exist") {
  cnn::Model model = network();
  const cnn::Sgd plain = optimizer(false, 0), both = optimizer(true, 5);
  cnn::KeptWeights none(model, plain), all_copies(model, both);
  CHECK(names(none, 0) == "");
  all_copies.keep_best();
  CHECK(names(all_copies, 0) == "slow/conv2d/kernel average/conv2d/kernel best/conv2d/kernel ");
  const std::string moving = std::as_const(model).parameters()[4].name;
  CHECK(moving == "batch_normalization/moving_mean");
  CHECK(names(all_copies, 4) ==
        "slow/" + moving + " best/" + moving + " ");  // it has no gradient, so no average
}
