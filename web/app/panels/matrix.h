#pragma once
/// The confusion matrix: one row per true class, one column per predicted class.

#include <string>

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct MatrixPanel {
  /// 0: counts; 1: share of the row (recall); 2: share of the column (precision);
  /// 3: counts and shares of the row
  int shown = 0;
};
constexpr int kCountsAndShares = 3;

struct MatrixState {
  const Evaluation& evaluation;
  const std::vector<std::string>& names;
  const std::vector<CalibrationBin>& calibration;
  bool can_test = false;  ///< a network and data are there, and no evaluation runs
};

UiRequest draw(MatrixPanel& ui, const MatrixState& state, bool narrow);

/// "cat predicted as dog: 203 of 1,000 (20.3 %)"; the tooltip of a cell.
std::string cell_words(const Evaluation& evaluation, const std::vector<std::string>& names, int actual,
                       int predicted);

struct Mistake {
  int actual = 0, predicted = 0, count = 0;
};
/// The most frequent mistakes, most frequent first.
std::vector<Mistake> most_confused(const Evaluation& evaluation, std::size_t most);

}  // namespace playground
