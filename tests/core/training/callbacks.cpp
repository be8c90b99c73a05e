#include "core/training/callbacks.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

TEST_SUITE_BEGIN("core/callbacks");

namespace {

/// The epoch (from 1) after which it stopped; 0: never. `kept`: the last epoch whose weights it kept.
int stops_after(cnn::EarlyStopping& callback, const std::vector<double>& val_losses, int* kept = nullptr) {
  for (std::size_t i = 0; i < val_losses.size(); ++i) {
    cnn::HistoryRow row;
    row.epoch = static_cast<int>(i) + 1;
    row.val_loss = val_losses[i];
    cnn::CallbackActions actions;
    callback.epoch_end(row, 0.1, actions);
    if (actions.keep_weights && kept) *kept = row.epoch;
    if (actions.stop) return row.epoch;
  }
  return 0;
}

}  // namespace

TEST_CASE("early stopping: stops after `patience` epochs without progress") {
  cnn::EarlyStopping callback;
  CHECK(stops_after(callback, {3, 2, 1, 2}) == 4);  // patience 0: after the first epoch without progress
  callback = {};
  callback.patience = 2;
  CHECK(stops_after(callback, {3, 2, 2.5, 1, 1.5, 1.2, 0.5}) == 6);
  callback = {};
  callback.patience = 2;
  CHECK(stops_after(callback, {3, 2, 2.5, 1, 1.5}) == 0);
}

TEST_CASE("early stopping: changes up to min_delta do not count as progress") {
  cnn::EarlyStopping callback;
  callback.patience = 2;
  callback.min_delta = 0.5;
  CHECK(stops_after(callback, {3, 2.6, 2.5}) == 3);
}

TEST_CASE("early stopping: an accuracy should rise") {
  cnn::EarlyStopping callback;
  callback.monitor = cnn::Monitor::accuracy;
  callback.patience = 1;
  cnn::HistoryRow row;
  for (const double accuracy : {0.2, 0.5, 0.4}) {
    ++row.epoch;
    row.accuracy = accuracy;
    cnn::CallbackActions actions;
    callback.epoch_end(row, 0.1, actions);
    CHECK(actions.stop == (accuracy == 0.4));
  }
}

TEST_CASE("early stopping: epochs before start_from_epoch are neither counted nor the best") {
  cnn::EarlyStopping callback;
  callback.patience = 1;
  callback.start_from_epoch = 3;
  callback.restore_best_weights = true;
  int kept = 0;
  CHECK(stops_after(callback, {1, 5, 6, 7, 6.5, 8}, &kept) == 6);
  CHECK(kept == 5);
}

TEST_CASE("early stopping: NaN does not count as progress and never becomes the best") {
  cnn::EarlyStopping callback;
  callback.patience = 2;
  CHECK(stops_after(callback, {std::nan(""), std::nan("")}) == 2);
  callback = {};
  callback.patience = 3;
  CHECK(stops_after(callback, {std::nan(""), 2, 1, 3, 3, 3}) == 6);
}

TEST_CASE("reduce on plateau: factor, patience, cooldown and the lowest rate") {
  cnn::ReduceLROnPlateau callback;
  callback.factor = 0.5;
  callback.patience = 2;
  callback.cooldown = 1;
  callback.min_lr = 0.2;
  double rate = 1;
  std::vector<double> rates;
  cnn::HistoryRow row;
  for (const double loss : {3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0}) {
    ++row.epoch;
    row.val_loss = loss;
    cnn::CallbackActions actions;
    callback.epoch_end(row, rate, actions);
    rates.push_back(rate *= actions.learning_rate_factor);
  }
  const std::vector<double> expected{1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2, 0.2};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(rates[i] == doctest::Approx(expected[i]));
  }
}

TEST_CASE("callbacks: their state survives JSON") {
  cnn::EarlyStopping a, b;
  a.patience = b.patience = 2;
  CHECK(b.set_state(a.state()));  // still empty
  stops_after(a, {3, 1, 2});
  const auto text = a.state().dump();
  CHECK(text == R"({"best":1,"wait":1,"cooldown":0})");
  REQUIRE(b.set_state(*cnn::parse_json(text)));
  CHECK(stops_after(b, {1.5, 1.5}) == 2);  // remembers the 1; a new one would see progress
  CHECK(!b.set_state(cnn::Json::object()));
}
