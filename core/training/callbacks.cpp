#include "core/training/callbacks.h"

#include <algorithm>
#include <cmath>

namespace cnn {
namespace {

constexpr std::string_view kMonitorWords[] = {"val_loss", "val_accuracy", "loss", "accuracy"};

/// The monitored number, negated for accuracies so that less is better; NaN if it was not measured.
double watched(const HistoryRow& row, Monitor monitor) {
  switch (monitor) {
    case Monitor::val_loss:
      return row.val_loss.value_or(std::nan(""));
    case Monitor::val_accuracy:
      return -row.val_accuracy.value_or(std::nan(""));
    case Monitor::loss:
      return row.loss;
    default:
      return -row.accuracy;
  }
}

}  // namespace

std::span<const std::string_view> names_of(Monitor) { return kMonitorWords; }

void Callback::common_fields(Fields& field) {
  field("monitor", monitor, "The number to monitor.");
  field("min_delta", min_delta, {.min = 0}, "Smaller changes do not count as progress.");
}

bool Callback::improved(const HistoryRow& row) {
  const double value = watched(row, monitor);
  if (!(value + min_delta < best_)) return false;
  best_ = value;
  return true;
}

Json Callback::state() const {
  Json json;
  if (best_ != kNothingYet) json["best"] = best_;
  json["wait"] = wait_;
  json["cooldown"] = cooldown_left_;
  return json;
}

Result<void> Callback::set_state(const Json& json) {
  const auto whole = [&json](std::string_view name, int& to) {
    const Json* value = json.find(name);
    if (!value || !value->number() || !(*value->number() >= 0 && *value->number() <= 1e9)) return false;
    to = static_cast<int>(*value->number());
    return true;
  };
  if (!whole("wait", wait_) || !whole("cooldown", cooldown_left_)) {
    return Error{"bad_model_file", "callbacks: the state of " + std::string(class_name()) + " is incomplete"};
  }
  const Json* best = json.find("best");
  best_ = kNothingYet;
  if (best && best->number()) best_ = *best->number();
  return {};
}

void EarlyStopping::fields(Fields& field) {
  common_fields(field);
  field("patience", patience, {.min = 0, .max = 1e6}, "Epochs without progress before training stops.");
  field("restore_best_weights", restore_best_weights, "At the end, restores the weights of the best epoch.");
  field("start_from_epoch", start_from_epoch, {.min = 0, .max = 1e6}, "Epochs before monitoring begins.");
}

void EarlyStopping::epoch_end(const HistoryRow& row, double, CallbackActions& actions) {
  if (row.epoch - 1 < start_from_epoch) return;  // Keras counts epochs from 0
  ++wait_;
  if (improved(row)) {
    wait_ = 0;
    actions.keep_weights = actions.keep_weights || restore_best_weights;
    return;
  }
  actions.stop = actions.stop || (wait_ >= patience && row.epoch > 1);
}

void ReduceLROnPlateau::fields(Fields& field) {
  common_fields(field);
  field("factor", factor, {.min = 0, .max = 0.999999}, "Factor for the learning rate.");
  field("patience", patience, {.min = 0, .max = 1e6},
        "Epochs without progress before the learning rate drops.");
  field("cooldown", cooldown, {.min = 0, .max = 1e6}, "Epochs after a drop that do not count.");
  field("min_lr", min_lr, {.min = 0}, "Lower bound of the learning rate.");
}

void ReduceLROnPlateau::epoch_end(const HistoryRow& row, double learning_rate, CallbackActions& actions) {
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    wait_ = 0;
  }
  if (improved(row)) {
    wait_ = 0;
    return;
  }
  if (cooldown_left_ > 0 || ++wait_ < patience || learning_rate <= min_lr) return;
  actions.learning_rate_factor *= std::max(learning_rate * factor, min_lr) / learning_rate;
  cooldown_left_ = cooldown;
  wait_ = 0;
}

std::span<const Family<Callback>> Callback::types() {
  static const Family<Callback> all[] = {member<Callback, EarlyStopping>("EarlyStopping"),
                                         member<Callback, ReduceLROnPlateau>("ReduceLROnPlateau")};
  return all;
}

}  // namespace cnn
