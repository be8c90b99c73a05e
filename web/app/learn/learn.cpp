#include "web/app/learn/learn.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "imgui_internal.h"
#include "web/app/controls/cards.h"
#include "web/app/controls/prose.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"

namespace playground {
namespace {

constexpr float kGap = 2.2f;      // em, between the text and the interactive part
constexpr float kPlay = 30;       // em, the least width of the interactive part beside the text
constexpr float kWidePlay = 36;   // em, what it can use; on wider pages it is drawn larger
constexpr float kLeastText = 16;  // em

const ChapterType& type_of(const LearnPanel& ui) { return *chapters()[static_cast<std::size_t>(ui.open)]; }

std::string numbered(int index) {
  return std::to_string(index + 1) + "  " + chapters()[static_cast<std::size_t>(index)]->title;
}

action::OpenLink link_to(const Experiment& experiment, bool answered) {
  return {.hash = std::string(experiment.hash),
          .answered = answered,
          .about = std::string(experiment.label) + ". " + experiment.help};
}

UiRequest draw_confirm(LearnPanel& ui) {
  UiRequest asked;
  const float width = popup_width(28);
  ImGui::SetNextWindowSize(ImVec2(width, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(1.2f * em(), 1.1f * em()));
  const bool shown = ImGui::BeginPopup("replace weights");
  ImGui::PopStyleVar();
  if (!shown) return asked;
  draw_markup(
      "The experiment starts with new weights. The weights of the current network will be lost; its curves "
      "stay under Runs.",
      width - 2.4f * em(), 1, palette().text);
  ImGui::Dummy(ImVec2(0, 0.3f * em()));
  if (button("experiment/yes", "Set it up", {.kind = Kind::primary}) && ui.confirm != nullptr) {
    asked = link_to(*ui.confirm, true);
    ImGui::CloseCurrentPopup();
  }
  same_line_where_fits(button_width("Cancel"), ImGui::GetStyle().ItemSpacing.x);
  if (button("experiment/no", "Cancel", {.kind = Kind::quiet})) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
  return asked;
}

UiRequest draw_experiments(LearnPanel& ui, float width, bool weights_at_stake) {
  UiRequest asked;
  const ChapterType& type = type_of(ui);
  if (type.experiments.empty()) return asked;
  draw_markup("*Try it in the workbench*", width, 1.07f, palette().text);
  for (const Experiment& experiment : type.experiments) {
    const std::string name = std::string("experiment/") + experiment.name;
    if (button(name.c_str(), experiment.label, {.icon = Icon::chevron_right})) {
      if (!weights_at_stake) {
        asked = link_to(experiment, false);
      } else {
        ui.confirm = &experiment;
        ImGui::OpenPopup("replace weights");
      }
    }
    draw_markup(experiment.help, width, 0.93f, palette().muted);
    ImGui::Dummy(ImVec2(0, 0.2f * em()));
  }
  if (const UiRequest confirmed = draw_confirm(ui)) asked = confirmed;
  return asked;
}

void draw_neighbors(LearnPanel& ui) {
  const int last = static_cast<int>(chapters().size()) - 1;
  if (button("learn/previous", "Previous", {.enabled = ui.open > 0})) return ui.go_to(ui.open - 1);
  same_line_where_fits(button_width("Next"), ImGui::GetStyle().ItemSpacing.x);
  if (button("learn/next", "Next", {.kind = Kind::primary, .enabled = ui.open < last})) ui.go_to(ui.open + 1);
}

void draw_heading(const ChapterType& type, float width) {
  draw_markup("*" + std::string(type.title) + "*", width, 1.5f, palette().text);
  draw_markup(type.lead, std::min(width, kMeasure * em()), 1.07f, palette().muted);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
}

UiRequest draw_interactive(LearnPanel& ui, const Lesson& lesson) {
  if (lesson.train.count() == 0) {
    sentence("Loading the pictures.");
    return {};
  }
  if (!ui.chapter) ui.chapter = type_of(ui).open();
  const UiRequest asked = ui.chapter->draw(lesson);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  draw_markup(ui.chapter->outcome(), std::min(ImGui::GetContentRegionAvail().x, kMeasure * em()), 1,
              palette().muted);
  return asked;
}

UiRequest draw_link(const LearnPanel& ui) {
  if (button("learn/link", "",
             {.kind = Kind::quiet, .icon = Icon::link, .help = "Copy a link to this chapter"}))
    return action::ShareChapter{type_of(ui).name};
  return {};
}

UiRequest draw_one_column(LearnPanel& ui, const Lesson& lesson, bool weights_at_stake) {
  UiRequest asked;
  const float width = ImGui::GetContentRegionAvail().x;
  if (begin_choice("learn/chapter", numbered(ui.open), width - control_height() - em())) {
    for (int i = 0; i < static_cast<int>(chapters().size()); ++i)
      if (menu_entry(("learn/" + std::string(chapters()[static_cast<std::size_t>(i)]->name)).c_str(),
                     numbered(i).c_str(), i == ui.open))
        ui.go_to(i);
    ImGui::EndCombo();
  }
  same_line_where_fits(control_height(), ImGui::GetStyle().ItemSpacing.x);
  if (const UiRequest link = draw_link(ui)) asked = link;
  draw_heading(type_of(ui), width);
  if (const UiRequest played = draw_interactive(ui, lesson)) asked = played;
  ImGui::Dummy(ImVec2(0, 0.5f * em()));
  draw_passages(type_of(ui).text, width);
  if (const UiRequest set_up = draw_experiments(ui, std::min(width, kMeasure * em()), weights_at_stake))
    asked = set_up;
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  draw_neighbors(ui);
  return asked;
}

UiRequest draw_two_columns(LearnPanel& ui, const Lesson& lesson, bool weights_at_stake) {
  UiRequest asked;
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float interactive = std::max(kPlay * em(), room.x - (kMeasure + kGap + 1) * em());
  const float words = room.x - interactive - kGap * em();
  const bool to_top = std::exchange(ui.to_top, false);  // "Next" below asks for it in the next frame
  begin_part("learn/words", ImVec2(words, 0));
  if (to_top) ImGui::SetScrollY(0);
  const float width = std::min(ImGui::GetContentRegionAvail().x - 0.6f * em(), kMeasure * em());
  draw_heading(type_of(ui), width);
  draw_passages(type_of(ui).text, width);
  if (const UiRequest set_up = draw_experiments(ui, width, weights_at_stake)) asked = set_up;
  ImGui::Dummy(ImVec2(0, 0.3f * em()));
  draw_neighbors(ui);
  ImGui::SameLine();
  if (const UiRequest link = draw_link(ui)) asked = link;
  ImGui::Dummy(ImVec2(0, 0.5f * em()));
  ImGui::EndChild();
  ImGui::SameLine(0, kGap * em());
  begin_part("learn/play", ImVec2(0, 0));
  if (to_top) ImGui::SetScrollY(0);
  {
    const float larger = ImGui::GetContentRegionAvail().x / (kWidePlay * em());
    const Enlarged enlarged(std::clamp(std::floor(4 * larger) / 4, 1.0f, 1.5f));
    if (const UiRequest played = draw_interactive(ui, lesson)) asked = played;
  }
  ImGui::EndChild();
  return asked;
}

}  // namespace

void LearnPanel::go_to(int index) {
  open = std::clamp(index, 0, static_cast<int>(chapters().size()) - 1);
  chapter.reset();
  confirm = nullptr;
  to_top = true;
}

bool LearnPanel::go_to(std::string_view name) {
  for (std::size_t i = 0; i < chapters().size(); ++i) {
    if (name != chapters()[i]->name) continue;
    go_to(static_cast<int>(i));
    return true;
  }
  return false;
}

void draw_contents(LearnPanel& ui) {
  const Palette& p = palette();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float width = ImGui::GetContentRegionAvail().x, height = control_height();
  for (int i = 0; i < static_cast<int>(chapters().size()); ++i) {
    const ChapterType& type = *chapters()[static_cast<std::size_t>(i)];
    const std::string name = std::string("learn/") + type.name;
    const bool here = i == ui.open;
    if (press_area(name.c_str(), ImVec2(width, height)) && !here) ui.go_to(i);
    const bool hovered = ImGui::IsItemHovered(),
               focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    const float rounding = ImGui::GetStyle().FrameRounding;
    if (here || hovered) list.AddRectFilled(low, high, here ? p.control : p.control_hover, rounding);
    if (focused) list.AddRect(low, high, p.focus, rounding, 0, 0.13f * em());
    if (here) push_strong();
    const float top = (low.y + high.y - em()) / 2;
    text_at(list, ImVec2(low.x + 0.7f * em(), top), here ? p.accent : p.muted, std::to_string(i + 1));
    text_at(list, ImVec2(low.x + 2.1f * em(), top), here || hovered ? p.text : p.muted,
            fitted(type.title, width - 2.8f * em()));
    if (here) pop_font();
    WidgetRects::mark(name);
  }
}

UiRequest draw(LearnPanel& ui, const Lesson& lesson, bool weights_at_stake) {
  if (!lesson.narrow && ImGui::GetContentRegionAvail().x >= (kLeastText + kGap + kPlay) * em())
    return draw_two_columns(ui, lesson, weights_at_stake);
  // On a narrow page, the page around this card scrolls, not the card.
  ImGuiWindow* page = ImGui::GetCurrentWindow();
  if (lesson.narrow) page = page->ParentWindow;
  if (ui.to_top && page != nullptr) ImGui::SetScrollY(page, 0);
  ui.to_top = false;
  Lesson one_column = lesson;
  one_column.narrow = true;
  return draw_one_column(ui, one_column, weights_at_stake);
}

}  // namespace playground
