#pragma once
/// The results of every epoch, under Keras's names.

#include <optional>
#include <span>
#include <string>

#include "core/base/json.h"
#include "core/base/result.h"

namespace cnn {

struct HistoryRow {
  int epoch = 0;                  ///< from 1
  double loss = 0, accuracy = 0;  ///< means over the epoch's training pictures, with dropout
  std::optional<double> val_loss, val_accuracy;
  double learning_rate = 0;      ///< at the epoch's last step
  double seconds = 0;            ///< computing time with validation, without pauses
  double images_per_second = 0;  ///< training speed
  /// val_accuracy with test-time augmentation; only after the last epoch.
  std::optional<double> tta_accuracy;

  friend bool operator==(const HistoryRow&, const HistoryRow&) = default;
};

Json to_json(const HistoryRow&);
Json to_json(std::span<const HistoryRow>);
Result<HistoryRow> history_row_from_json(const Json&);
/// A header line and a line per row; cells of numbers that were not measured are empty.
std::string to_csv(std::span<const HistoryRow>);

}  // namespace cnn
