#include "web/app/panels/class_array.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// Class numbers and their names: "0 airplane   1 automobile".
void draw_legend(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i > 0 ? "   " : "") + std::to_string(i) + "\u00A0" + names[i];
  sentence(text);
}

/// Rows of numbers, each row with the index of its first picture.
/// Mistakes have the color of mistakes and a line below.
void draw_numbers(const ClassArrayState& state) {
  const std::vector<std::uint8_t>& predicted = state.classes.predicted;
  const int count = static_cast<int>(predicted.size());
  const float cell = (state.names.size() > 10 ? 2.2f : 1.6f) * em(), left = 4 * em();
  const float width = ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ScrollbarSize;
  const int columns = std::max(5, static_cast<int>((width - left) / cell) / 5 * 5);
  begin_part("classes/numbers", ImVec2(0, std::max(12 * em(), ImGui::GetContentRegionAvail().y)));
  ImGuiListClipper clipper;
  clipper.Begin((count + columns - 1) / columns, 1.6f * em());
  while (clipper.Step())
    for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      ImDrawList& list = *ImGui::GetWindowDrawList();
      const std::string first = count_text(row * columns);
      text_at(list, ImVec2(at.x + left - em() - text_size(first).x, at.y), palette().muted, first);
      for (int i = row * columns; i < std::min(count, (row + 1) * columns); ++i) {
        const auto index = static_cast<std::size_t>(i);
        const bool right = predicted[index] == state.classes.labels[index];
        const std::string number = std::to_string(predicted[index]);
        const ImVec2 low(at.x + left + cell * static_cast<float>(i - row * columns), at.y);
        text_at(list, low, right ? palette().text : palette().wrong, number);
        if (!right)
          list.AddRectFilled(ImVec2(low.x, low.y + 1.15f * em()),
                             ImVec2(low.x + text_size(number).x, low.y + 1.15f * em() + 2 * hairline()),
                             palette().wrong);
        if (ImGui::IsMouseHoveringRect(low, ImVec2(low.x + cell, low.y + 1.6f * em())) &&
            ImGui::IsWindowHovered()) {
          ImGui::SetNextWindowPos(ImVec2(low.x, low.y + 1.6f * em()));
          ImGui::SetTooltip("test picture %s: %s, predicted as %s", count_text(i).c_str(),
                            name_of(state.names, state.classes.labels[index]).c_str(),
                            name_of(state.names, predicted[index]).c_str());
        }
      }
      ImGui::Dummy(ImVec2(width, 1.6f * em() - ImGui::GetStyle().ItemSpacing.y));
    }
  ImGui::EndChild();
}

}  // namespace

std::string classes_csv(const PredictedClasses& classes, const std::vector<std::string>& names) {
  std::string text = "index,true,predicted,true_name,predicted_name\n";
  const auto quoted = [&](int i) {
    std::string name = name_of(names, i), result = "\"";
    for (const char c : name) result += c == '"' ? "\"\"" : std::string(1, c);
    return result + "\"";
  };
  for (std::size_t i = 0; i < classes.predicted.size(); ++i)
    text += std::to_string(i) + "," + std::to_string(classes.labels[i]) + "," +
            std::to_string(classes.predicted[i]) + "," + quoted(classes.labels[i]) + "," +
            quoted(classes.predicted[i]) + "\n";
  return text;
}

UiRequest draw_class_array(const ClassArrayState& state) {
  const PredictedClasses& classes = state.classes;
  if (classes.predicted.empty()) {
    centered_note(
        !state.trained    ? "Train the network: the class it predicts for each test picture appears here."
        : classes.waiting ? "Evaluating the test pictures."
        : state.trains
            ? "During training, predictions come with each epoch's validation. Pause to see them now."
            : "There are no test pictures.");
    return {};
  }
  const std::string about = "The predicted classes of the " +
                            count_text(static_cast<double>(classes.predicted.size())) + " test pictures" +
                            after_epoch(classes.epoch);
  sentence(about);
  WidgetRects::mark("classes/about", about);
  const std::string array = array_text(classes.predicted);
  wrapped_text(array);
  WidgetRects::mark("classes/array", array);
  UiRequest asked;
  if (button("classes/save", "Save as CSV", {.icon = Icon::download}))
    asked = action::SaveText{"predicted-classes.csv", classes_csv(classes, state.names)};
  same_line_where_fits(button_width("Copy", true), ImGui::GetStyle().ItemSpacing.x);
  if (button("classes/copy", "Copy", {.icon = Icon::copy})) {
    std::string numbers;
    for (std::size_t i = 0; i < classes.predicted.size(); ++i)
      numbers += (i > 0 ? ", " : "[") + std::to_string(classes.predicted[i]);
    asked = action::CopyText{numbers + "]"};
  }
  draw_legend(state.names);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  draw_numbers(state);
  return asked;
}

}  // namespace playground
