#include "web/app/panels/matrix.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/exports.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/calibration.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr int kManyClasses = 20;

enum Shown { counts, of_row, of_column, normed = kCountsAndShares };

double share(const Evaluation& e, int actual, int predicted, int shown) {
  const int whole = shown == of_column ? e.column_sum(predicted) : e.row_sum(actual);
  return whole > 0 ? static_cast<double>(e.at(actual, predicted)) / whole : 0;
}

/// Right is blue, wrong is orange. The strength is the square root of the share, so that rare mistakes are
/// visible.
ImU32 heat(double value, bool right) {
  const float strength = static_cast<float>(std::sqrt(std::clamp(value, 0.0, 1.0)));
  const ImU32 base = mix(palette().panel, palette().control, 0.8f);
  return mix(base, right ? palette().right : palette().wrong, strength * (right ? 0.92f : 1.0f));
}

/// Dark or light text, whichever is easier to read on that color.
ImU32 ink_on(ImU32 back) {
  const ImVec4 c = ImGui::ColorConvertU32ToFloat4(back);
  const auto linear = [](float v) { return std::pow(v, 2.2f); };
  const float luminance = 0.2126f * linear(c.x) + 0.7152f * linear(c.y) + 0.0722f * linear(c.z);
  return luminance > 0.22f ? IM_COL32(20, 26, 36, 255) : IM_COL32(255, 255, 255, 255);
}

/// Counts and shares are two lines.
std::string cell_text(const Evaluation& e, int actual, int predicted, int shown) {
  if (shown == counts) return count_text(e.at(actual, predicted));
  char text[16];
  std::snprintf(text, sizeof text, "%.2f", share(e, actual, predicted, shown));
  return shown == normed ? count_text(e.at(actual, predicted)) + "\n(" + text + ")" : std::string(text);
}

/// Each line in the middle of the cell.
void draw_cell_text(ImDrawList& list, ImVec2 low, float side, ImU32 ink, const std::string& text) {
  const std::size_t end = text.find('\n');
  const float lines = end == text.npos ? 1 : 2, height = ImGui::GetFontSize();
  const auto line = [&](std::string_view words, float row) {
    const float x = low.x + (side - text_size(words).x) / 2,
                y = low.y + (side - lines * height) / 2 + row * height;
    text_at(list, ImVec2(x, y), ink, words);
  };
  line(std::string_view(text).substr(0, end), 0);
  if (end != text.npos) line(std::string_view(text).substr(end + 1), 1);
}

/// Whether the names along the top are too long to be horizontal.
bool slanted(const Evaluation& e, const std::vector<std::string>& names, float side) {
  for (int i = 0; i < e.classes; ++i)
    if (text_size(name_of(names, i)).x > side - 0.1f * em()) return true;
  return false;
}

/// Names along the top.
void draw_columns(ImDrawList& list, const Evaluation& e, const std::vector<std::string>& names, ImVec2 grid,
                  float side, float above) {
  const bool slant = slanted(e, names, side);
  for (int i = 0; i < e.classes; ++i) {
    const float along = side * (static_cast<float>(i) + 0.5f);
    const std::string column =
        slant ? fitted(name_of(names, i), (above - 1.6f * em()) / std::sin(kSlant)) : name_of(names, i);
    if (slant)
      slanted_text(list, ImVec2(grid.x + along + 0.1f * em(), grid.y - 0.2f * em()), palette().muted, column);
    else
      text_at(list, ImVec2(grid.x + along - text_size(column).x / 2, grid.y - 1.35f * em()), palette().muted,
              column);
  }
}

/// Names down the side, which end left of x.
void draw_rows(ImDrawList& list, const Evaluation& e, const std::vector<std::string>& names, float x,
               float top, float side, float width) {
  for (int i = 0; i < e.classes; ++i) {
    const std::string row = fitted(name_of(names, i), width - 0.6f * em());
    text_at(
        list,
        ImVec2(x - 0.5f * em() - text_size(row).x, top + side * (static_cast<float>(i) + 0.5f) - em() / 2),
        palette().muted, row);
  }
}

/// One cell; true if it was pressed.
bool draw_cell(const MatrixPanel& ui, const Evaluation& e, const std::vector<std::string>& names, int cell,
               ImVec2 low, float side) {
  const int actual = cell / e.classes, predicted = cell % e.classes;
  ImGui::PushID(cell);
  ImGui::SetCursorScreenPos(low);
  push_grid_cell(cell == 0);
  const bool pressed = press_area("cell", ImVec2(side, side));
  pop_grid_cell();
  if (e.classes > kManyClasses && !ImGui::IsItemVisible()) {
    ImGui::PopID();
    return pressed;
  }
  const std::string text = cell_text(e, actual, predicted, ui.shown);
  const ImVec2 extent = text_size(text);
  const bool numbers = extent.x < side && extent.y < side;
  WidgetRects::mark("cell/" + std::to_string(actual) + "/" + std::to_string(predicted), numbers ? text : "");
  if (ImGui::IsItemVisible()) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImU32 back = heat(share(e, actual, predicted, ui.shown), actual == predicted);
    const float gap = std::max(hairline(), 0.05f * em());
    list.AddRectFilled(low, ImVec2(low.x + side - gap, low.y + side - gap), back, 0.18f * em());
    if (ImGui::IsItemHovered()) {
      list.AddRect(low, ImVec2(low.x + side - gap, low.y + side - gap), palette().text, 0.18f * em(), 0,
                   0.12f * em());
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    }
    if (numbers) draw_cell_text(list, low, side - gap, ink_on(back), text);
    tooltip(cell_words(e, names, actual, predicted) + "\nPress to see these pictures.");
  }
  ImGui::PopID();
  return pressed;
}

void axis_name(ImDrawList& list, const char* words, ImVec2 at) {
  text_at(list, at, palette().muted, words);
  WidgetRects::mark(std::string("matrix/axis/") + words, at, ImVec2(at.x + text_size(words).x, at.y + em()),
                    words);
}

/// The names of the rows stay where they are when the columns have to scroll.
UiRequest draw_grid(const MatrixPanel& ui, const Evaluation& e, const std::vector<std::string>& names,
                    float width, float most_height) {
  UiRequest asked;
  float left = 0;
  for (int i = 0; i < e.classes; ++i) left = std::max(left, text_size(name_of(names, i)).x);
  left = std::max(std::min(left, width * 0.22f), text_size("true label").x) + 0.6f * em();
  const bool both = ui.shown == normed;  // two lines need larger cells
  const auto classes = static_cast<float>(e.classes);
  const float level = 2.9f * em();
  const float most_above = std::max(level, std::min(6 * em(), left * std::sin(kSlant)) + 1.7f * em());
  const float number = (both ? 2.7f : 1.9f) * em();
  const float least = Touch::coarse() ? std::max(number, control_height()) : number;  // and a finger fits
  const float side =
      std::floor(std::clamp(std::min((width - left) / classes, (most_height - most_above) / classes), least,
                            std::max(least, 4.2f * em())) +
                 0.01f);
  const float above = slanted(e, names, side) ? most_above : level;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  axis_name(*ImGui::GetWindowDrawList(), "true label", corner);
  draw_rows(*ImGui::GetWindowDrawList(), e, names, corner.x + left, corner.y + above, side, left);
  const ImVec2 whole(side * classes, above + side * classes);
  const float beyond = above > level ? 3 * em() : 0;  // the last slanted name
  const bool scrolls = left + whole.x > width + 0.5f;
  ImGui::SetCursorScreenPos(ImVec2(corner.x + left, corner.y));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  begin_part("matrix/grid",
             ImVec2(scrolls ? width - left : std::min(whole.x + beyond, width - left),
                    whole.y + (scrolls ? ImGui::GetStyle().ScrollbarSize + 0.3f * em() : 0.0f)),
             0,
             ImGuiWindowFlags_NoBackground |
                 (scrolls ? ImGuiWindowFlags_HorizontalScrollbar : ImGuiWindowFlags_NoScrollbar));
  ImGui::PopStyleVar();
  const ImVec2 at = ImGui::GetCursorScreenPos(), grid(at.x, at.y + above);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  axis_name(list, "predicted label", ImVec2(corner.x + left, corner.y));
  draw_columns(list, e, names, grid, side, above);
  push_size(std::clamp(side / ((both ? 3.6f : 3.0f) * em()), 0.72f, 1.0f));
  for (int cell = 0; cell < e.classes * e.classes; ++cell)
    if (draw_cell(ui, e, names, cell, grid_place(grid, cell, e.classes, ImVec2(side, side)), side))
      asked = action::ShowPictures{cell / e.classes, cell % e.classes};
  pop_font();
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy(ImVec2(whole.x + (scrolls ? beyond : 0), whole.y));
  ImGui::EndChild();
  return asked;
}

UiRequest draw_mistakes(const Evaluation& e, const std::vector<std::string>& names) {
  UiRequest asked;
  push_strong();
  ImGui::TextUnformatted("Most confused");
  pop_font();
  int shown = 0;
  for (const Mistake& m : most_confused(e, 6)) {
    ImGui::PushID(m.actual * e.classes + m.predicted);
    const std::string words = name_of(names, m.actual) + " predicted as " + name_of(names, m.predicted) +
                              ": " + count_text(m.count);
    if (menu_entry(("confused/" + std::to_string(shown++)).c_str(), words.c_str()))
      asked = action::ShowPictures{m.actual, m.predicted};
    ImGui::PopID();
  }
  return asked;
}

void draw_scores(const Evaluation& e) {
  push_strong();
  ImGui::TextUnformatted("By class");
  pop_font();
  const float width = std::max(ImGui::GetContentRegionAvail().x, 22.5f * em());
  begin_wide("scores/table", width);
  if (!ImGui::BeginTable("scores", 5, ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_BordersInnerH,
                         ImVec2(width, 0)))
    return end_wide();
  ImGui::TableNextRow();
  constexpr const char* kHelp[] = {"", "Share of the pictures predicted as this class that belong to it.",
                                   "Share of this class's pictures that are predicted correctly.",
                                   "Harmonic mean of precision and recall.",
                                   "Number of test pictures of this class."};
  constexpr const char* kTitles[] = {"class", "precision", "recall", "F1", "pictures"};
  for (int i = 0; i < 5; ++i) {
    ImGui::TableNextColumn();
    muted(kTitles[i]);
    tooltip(kHelp[i]);
  }
  for (const NamedScore& score : e.per_class) {
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(score.name.c_str());
    for (const double value : {score.precision, score.recall, score.f1}) {
      ImGui::TableNextColumn();
      ImGui::TextUnformatted(percent_text(value).c_str());
    }
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(count_text(score.support).c_str());
  }
  ImGui::EndTable();
  end_wide();
}

UiRequest draw_save(const MatrixPanel& ui, const Evaluation& e, const std::vector<std::string>& names) {
  if (button("matrix/save", "", {.kind = Kind::quiet, .icon = Icon::download, .help = "Save the matrix"}))
    ImGui::OpenPopup("save matrix");
  if (!ImGui::BeginPopup("save matrix")) return {};
  UiRequest asked;
  if (menu_entry("matrix/png", "Matrix as PNG"))
    asked = action::SavePicture{"confusion-matrix.png", matrix_svg(e, names, ui.shown)};
  if (menu_entry("matrix/svg", "Matrix as SVG"))
    asked = action::SavePicture{"confusion-matrix.svg", matrix_svg(e, names, ui.shown)};
  if (menu_entry("matrix/csv", "Counts as CSV"))
    asked = action::SaveText{"confusion-matrix.csv", matrix_csv(e, names)};
  ImGui::Separator();
  if (menu_entry("copy/matrix", "Copy the counts")) asked = action::CopyText{matrix_csv(e, names)};
  if (menu_entry("copy/scores", "Copy the scores by class")) asked = action::CopyText{scores_csv(e)};
  if (menu_entry("show/text", "Show as text")) asked = action::ShowText{};
  ImGui::EndPopup();
  return asked;
}

}  // namespace

std::string cell_words(const Evaluation& e, const std::vector<std::string>& names, int actual,
                       int predicted) {
  const int count = e.at(actual, predicted);
  const std::string of = count_text(count) + " of " + count_text(e.row_sum(actual)) + " (" +
                         percent_text(share(e, actual, predicted, of_row)) + ")";
  if (actual == predicted) return name_of(names, actual) + " recognized: " + of;
  return name_of(names, actual) + " predicted as " + name_of(names, predicted) + ": " + of;
}

std::vector<Mistake> most_confused(const Evaluation& e, std::size_t most) {
  std::vector<Mistake> mistakes;
  for (int actual = 0; actual < e.classes; ++actual)
    for (int predicted = 0; predicted < e.classes; ++predicted)
      if (actual != predicted && e.at(actual, predicted) > 0)
        mistakes.push_back({actual, predicted, e.at(actual, predicted)});
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const Mistake& a, const Mistake& b) { return a.count > b.count; });
  if (mistakes.size() > most) mistakes.resize(most);
  return mistakes;
}

UiRequest draw(MatrixPanel& ui, const MatrixState& state, bool narrow) {
  const Evaluation& e = state.evaluation;
  const std::vector<std::string>& names = state.names;
  if (e.classes == 0) {
    centered_note("After the first epoch this shows how the test pictures of each class are classified.");
    if (state.can_test && centered_button("matrix/test", "Evaluate the test set")) return action::Evaluate{};
    return {};
  }
  constexpr const char* kShown[] = {"Counts", "Per true class", "Per predicted class", "Counts and shares"};
  segmented("matrix/shown", kShown, ui.shown, narrow);
  const std::string about = std::string(e.split == "held out" ? "held-out" : "test") + " pictures" +
                            after_epoch(e.epoch) + ": loss " + loss_text(e.loss) + ", accuracy " +
                            percent_text(e.accuracy);
  if (!narrow) same_line_where_fits(text_size(about).x, 1.2f * em());
  align_with_controls();
  if (narrow)
    sentence(about);
  else
    muted(about);
  WidgetRects::mark("matrix/about", about);
  const char* test = "Evaluate the test set";
  if (!narrow) same_line_where_fits(text_size(test).x + 2 * em() + control_height(), 0.5f * em());
  UiRequest asked;
  if (button("matrix/test", test, {.enabled = state.can_test})) asked = action::Evaluate{};
  same_line_where_fits(control_height(), 0.5f * em());
  if (const UiRequest save = draw_save(ui, e, names)) asked = save;
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float aside = 24.5f * em();
  const bool beside = !narrow && room.x > aside + 32.5f * em();
  if (const UiRequest cell =
          draw_grid(ui, e, names, beside ? room.x - aside - 2 * em() : room.x, narrow ? 1e6f : room.y))
    asked = cell;
  if (beside) {
    ImGui::SameLine(0, 2 * em());
    begin_part("matrix/aside", ImVec2(0, 0));
  }
  if (const UiRequest pair = draw_mistakes(e, names)) asked = pair;
  ImGui::Dummy(ImVec2(0, 0.5f * em()));
  draw_scores(e);
  draw_calibration(state.calibration);
  if (beside) ImGui::EndChild();
  return asked;
}

}  // namespace playground
