#pragma once
/// The tabs of the workbench: of the results and, where the page is one column, of the settings as well.

#include <optional>

namespace playground {

enum class Tab { curves, matrix, predictions, runs, inside, pictures, profile, learn, data, model, training };

/// The results' tabs on one line. If they do not fit, it scrolls with finger, wheel and keyboard.
void draw_result_tabs(Tab& now);
/// All tabs of a narrow page, in two lines.
void draw_all_tabs(Tab& now);
/// The tab whose digit was pressed.
std::optional<Tab> tab_of_key();

}  // namespace playground
