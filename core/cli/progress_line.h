#pragma once
/// core/cli/progress_line.h: what `cnn train` prints: a line that is rewritten while an epoch runs, and one
/// for each epoch.

#include <chrono>
#include <string>

#include "core/training/history.h"
#include "core/training/trainer.h"

namespace cnn::cli {

class ProgressLine {
 public:
  /// The running line appears only on a terminal, and not when quiet.
  explicit ProgressLine(bool quiet);
  /// At most ten times a second.
  void show(const Progress&);
  void epoch(const HistoryRow&, int epochs);
  void clear();

 private:
  bool live_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace cnn::cli
