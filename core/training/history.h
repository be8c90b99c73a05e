#pragma once
/// core/training/history.h: what is written down after every epoch, under Keras's names.

#include <optional>
#include <span>
#include <string>

#include "core/base/json.h"
#include "core/base/result.h"

namespace cnn {

struct HistoryRow {
  int epoch = 0;                  ///< from 1
  double loss = 0, accuracy = 0;  ///< means over the epoch's pictures as they were trained, dropout on
  std::optional<double> val_loss, val_accuracy;
  double learning_rate = 0;      ///< at the epoch's last step
  double seconds = 0;            ///< of work, validation included; pauses do not count
  double images_per_second = 0;  ///< of training
  std::optional<double>
      tta_accuracy;  ///< val_accuracy with test-time augmentation; after the last epoch only

  friend bool operator==(const HistoryRow&, const HistoryRow&) = default;
};

Json to_json(const HistoryRow&);
Result<HistoryRow> history_row_from_json(const Json&);
/// A heading and a line a row; what was not measured stays empty.
std::string to_csv(std::span<const HistoryRow>);

}  // namespace cnn
