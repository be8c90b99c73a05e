#include "web/app/panels/question.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"

namespace playground {
namespace {

constexpr const char* kName = "question";

/// Beside each other where they fit, else below.
UiRequest draw_answers(const std::vector<Question::Answer>& answers, bool& answered) {
  UiRequest chosen;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string& label = answers[i].label;
    if (i > 0) same_line_where_fits(text_size(label).x + 1.8f * em(), ImGui::GetStyle().ItemSpacing.x);
    const std::string name = std::string(kName) + "/" + std::to_string(i);
    if (button(name.c_str(), label.c_str(), {.kind = i == 0 ? Kind::primary : Kind::normal})) {
      chosen = answers[i].action;
      answered = true;
    }
    if (i == 0) ImGui::SetItemDefaultFocus();
  }
  return chosen;
}

}  // namespace

UiRequest draw(QuestionPanel& ui) {
  if (!ui.asked) return {};
  if (!ui.open) ImGui::OpenPopup(kName);
  ui.open = true;
  const ImVec2 page = ImGui::GetIO().DisplaySize;
  const float width = popup_width(30);
  // Where there is little room, it begins at the top and scrolls.
  const float edge = 0.8f * em(), top = std::max(edge, page.y * 0.4f - ui.height / 2);
  ImGui::SetNextWindowPos(ImVec2(page.x / 2, top), ImGuiCond_Always, ImVec2(0.5f, 0));
  ImGui::SetNextWindowSizeConstraints(ImVec2(width, 0), ImVec2(width, page.y - 2 * edge));
  ImGui::SetNextWindowSize(ImVec2(width, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(1.2f * em(), em()));
  const bool shown = ImGui::BeginPopup(kName, ImGuiWindowFlags_NoMove);
  ImGui::PopStyleVar();
  UiRequest chosen;
  bool answered = !shown;  // closed by a press beside it
  if (shown) {
    push_strong();
    wrapped_text(ui.asked->title);
    WidgetRects::mark("question", ui.asked->title + "\n" + ui.asked->text);
    pop_font();
    sentence(ui.asked->text);
    ImGui::Dummy(ImVec2(0, 0.3f * em()));
    chosen = draw_answers(ui.asked->answers, answered);
    if (answered) ImGui::CloseCurrentPopup();
    ui.height = ImGui::GetWindowSize().y;
    ImGui::EndPopup();
  }
  if (answered) ui = {};
  return chosen;
}

}  // namespace playground
