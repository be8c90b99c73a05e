#include "core/training/callbacks.h"

#include <algorithm>
#include <cmath>

namespace cnn {
namespace {

constexpr std::string_view kMonitorWords[] = {"val_loss", "val_accuracy", "loss", "accuracy"};

/// The watched number so that less is better; NaN where it was not measured.
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
  field("monitor", monitor, "The number that is watched.");
  field("min_delta", min_delta, {.min = 0}, "Smaller changes are no progress.");
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
  best_ = best && best->number() ? *best->number() : kNothingYet;
  return {};
}

void EarlyStopping::fields(Fields& field) {
  common_fields(field);
  field("patience", patience, {.min = 0, .max = 1e6}, "Epochs without progress that are put up with.");
  field("restore_best_weights", restore_best_weights, "At the end the weights of the best epoch come back.");
  field("start_from_epoch", start_from_epoch, {.min = 0, .max = 1e6},
        "Epochs that pass before it begins to watch.");
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
  field("factor", factor, {.min = 0, .max = 0.999999}, "What the learning rate is multiplied by.");
  field("patience", patience, {.min = 0, .max = 1e6}, "Epochs without progress before it acts.");
  field("cooldown", cooldown, {.min = 0, .max = 1e6}, "Epochs after acting that do not count.");
  field("min_lr", min_lr, {.min = 0}, "The learning rate never gets below this.");
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
