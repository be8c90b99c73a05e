#include "web/app/state/facts.h"

#include <cmath>

namespace playground {

std::string misfit(const ModelInfo& model, const DataSetInfo& data) {
  const auto classes = static_cast<int>(data.class_names.size());
  if (data.empty() || model.empty() || model.classes == classes) return "";
  return "The network distinguishes " + std::to_string(model.classes) + " classes; the data set has " +
         std::to_string(classes) + ". Give the last layer " + std::to_string(classes) +
         " units, or load data with " + std::to_string(model.classes) + " classes.";
}

std::vector<std::string> output_names(const ModelInfo& model, const DataSetInfo& data) {
  if (misfit(model, data).empty()) return data.class_names;
  std::vector<std::string> names;
  for (int i = 0; i < model.classes; ++i) names.push_back("class " + std::to_string(i));
  return names;
}

const Run* current_run(const std::vector<Run>& runs) {
  return runs.empty() || runs.back().earlier ? nullptr : &runs.back();
}

int Evaluation::row_sum(int actual) const {
  int sum = 0;
  for (int predicted = 0; predicted < classes; ++predicted) sum += at(actual, predicted);
  return sum;
}

int Evaluation::column_sum(int predicted) const {
  int sum = 0;
  for (int actual = 0; actual < classes; ++actual) sum += at(actual, predicted);
  return sum;
}

const HistoryRow* best_row(const Run& run, std::optional<double> HistoryRow::*value, bool highest) {
  const HistoryRow* best = nullptr;
  for (const HistoryRow& row : run.history) {
    const std::optional<double>& now = row.*value;
    if (!now || !std::isfinite(*now)) continue;
    if (best == nullptr || (highest ? *now > *(best->*value) : *now < *(best->*value))) best = &row;
  }
  return best;
}

}  // namespace playground
