// The confusion matrix: rows are what a picture shows, columns what the net took it for.
#pragma once

#include <string>

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct MatrixPanel {
  int shown = 0;  ///< counts, share of each row, share of each column
};

struct MatrixState {
  const Evaluation& evaluation;
  const std::vector<std::string>& names;
  const std::vector<CalibrationBin>& calibration;
  bool can_test = false;  ///< weights that have learned something, data, and nothing that trains
};

UiRequest draw(MatrixPanel& ui, const MatrixState& state, bool narrow);

/// "cat taken for dog: 203 of 1,000 (20.3 %)": tooltip and tests say the same.
std::string cell_words(const Evaluation& evaluation, const std::vector<std::string>& names, int actual,
                       int predicted);

struct Mistake {
  int actual = 0, predicted = 0, count = 0;
};
/// The pairs taken for each other most often, most first.
std::vector<Mistake> most_confused(const Evaluation& evaluation, std::size_t most);

}  // namespace playground
