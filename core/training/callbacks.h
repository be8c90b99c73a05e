#pragma once
/// Callbacks (keras.callbacks) act at the end of an epoch: stop early, lower the learning rate.

#include <limits>
#include <span>
#include <string_view>

#include "core/base/choice.h"
#include "core/base/fields.h"
#include "core/training/history.h"

namespace cnn {

/// The monitored number. A loss should fall, an accuracy rise.
enum class Monitor { val_loss, val_accuracy, loss, accuracy };
std::span<const std::string_view> names_of(Monitor);

/// What the trainer should do after the epoch.
struct CallbackActions {
  bool stop = false;
  bool keep_weights = false;  ///< they are the best so far
  double learning_rate_factor = 1;
};

/// Its settings are fields. What it remembers between epochs is its state, saved in a checkpoint.
class Callback {
 public:
  static std::span<const Family<Callback>> types();
  virtual ~Callback() = default;
  virtual std::string_view class_name() const = 0;
  virtual std::string_view help() const = 0;
  virtual void fields(Fields&) = 0;
  /// `learning_rate`: the optimizer's, including earlier changes by callbacks, without the schedule.
  virtual void epoch_end(const HistoryRow&, double learning_rate, CallbackActions&) = 0;
  virtual bool restores_best_weights() const { return false; }

  Json state() const;
  Result<void> set_state(const Json&);

  Monitor monitor = Monitor::val_loss;
  double min_delta = 0;

 protected:
  /// Whether the row beats the best so far by more than min_delta; if so, it becomes the best.
  bool improved(const HistoryRow&);
  void common_fields(Fields&);

  static constexpr double kNothingYet = std::numeric_limits<double>::infinity();
  double best_ = kNothingYet;  // accuracies negated, so that less is better
  int wait_ = 0, cooldown_left_ = 0;
};

/// Stops when `monitor` has not improved for `patience` epochs. With restore_best_weights the weights of the
/// best epoch are restored however training ends: early, after the last epoch, or by the user (requested in
/// keras#12511). Ignores epochs before start_from_epoch.
class EarlyStopping final : public Callback {
 public:
  int patience = 0, start_from_epoch = 0;
  bool restore_best_weights = false;

  std::string_view class_name() const override { return "EarlyStopping"; }
  std::string_view help() const override { return "Stops after some epochs without progress."; }
  void fields(Fields&) override;
  void epoch_end(const HistoryRow&, double learning_rate, CallbackActions&) override;
  bool restores_best_weights() const override { return restore_best_weights; }
};

/// Multiplies the learning rate by `factor`, but not below min_lr, when `monitor` has not improved for
/// `patience` epochs. Then it waits for `cooldown` epochs before it counts again.
class ReduceLROnPlateau final : public Callback {
 public:
  ReduceLROnPlateau() { min_delta = 1e-4; }
  double factor = 0.1, min_lr = 0;
  int patience = 10, cooldown = 0;

  std::string_view class_name() const override { return "ReduceLROnPlateau"; }
  std::string_view help() const override {
    return "Lowers the learning rate after some epochs without progress.";
  }
  void fields(Fields&) override;
  void epoch_end(const HistoryRow&, double learning_rate, CallbackActions&) override;
};

}  // namespace cnn
