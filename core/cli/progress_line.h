#pragma once
/// The output of `cnn train`: a line that is rewritten while an epoch runs, and one line per epoch.

#include <chrono>
#include <string>

#include "core/training/history.h"
#include "core/training/trainer.h"

namespace cnn::cli {

class ProgressLine {
 public:
  /// The rewritten line appears only on a terminal, and not if `quiet`.
  explicit ProgressLine(bool quiet);
  /// Rewrites the line, at most ten times a second.
  void show(const Progress&);
  /// Prints the line of a finished epoch.
  void epoch(const HistoryRow&, int epochs);
  void clear();

 private:
  bool live_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace cnn::cli
