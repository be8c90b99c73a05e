#pragma once
/// Downloads: history, norms, scores and confusion matrix as tables, the matrix as a drawing.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

std::string history_csv(const Run& run);
/// A row per run; `settings`: what distinguishes it.
std::string runs_csv(const std::vector<Run>& runs, const std::vector<std::string>& settings);
/// Norms of each layer's weights and gradient over the epochs.
std::string norms_csv(const Run& run);
/// Configuration, settings, history and norms of a run.
std::string run_json(const Run& run);
/// Precision, recall, F1 and number of pictures of every class.
std::string scores_csv(const Evaluation& evaluation);
std::string matrix_csv(const Evaluation& evaluation, const std::vector<std::string>& names);
/// shown: 0 counts, 1 shares of the row, 2 of the column, 3 counts and shares of the row.
std::string matrix_svg(const Evaluation& evaluation, const std::vector<std::string>& names, int shown);
/// `text` escaped for an XML attribute or element.
std::string escaped(std::string_view text);
/// "Run 2, wider" as "run-2-wider": a valid file name on every system.
std::string file_name(std::string_view title);

}  // namespace playground
