#include "web/app/tabs.h"

#include <algorithm>
#include <span>
#include <vector>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"

namespace playground {
namespace {

struct TabName {
  const char* label;
  const char* name;
  Tab tab;
  bool wide_only = false;
};
constexpr TabName kResults[] = {{"Curves", "tab/curves", Tab::curves},
                                {"Matrix", "tab/matrix", Tab::matrix},
                                {"Predictions", "tab/predictions", Tab::predictions},
                                {"Inside", "tab/inside", Tab::inside},
                                {"Runs", "tab/runs", Tab::runs},
                                {"Pictures", "tab/pictures", Tab::pictures, true},
                                {"Profile", "tab/profile", Tab::profile},
                                {"Learn", "tab/learn", Tab::learn}};
constexpr TabName kSettings[] = {{"Data", "tab/data", Tab::data},
                                 {"Model", "tab/model", Tab::model},
                                 {"Training", "tab/training", Tab::training}};

/// Fades the edges of a scrolling line beyond which there is more.
void fade_edges(ImU32 back) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 low = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  const float wide = 1.6f * em();
  const ImU32 clear = with_alpha(back, 0);
  if (ImGui::GetScrollX() > 0)
    list.AddRectFilledMultiColor(low, ImVec2(low.x + wide, low.y + size.y), back, clear, clear, back);
  if (ImGui::GetScrollX() < ImGui::GetScrollMaxX())
    list.AddRectFilledMultiColor(ImVec2(low.x + size.x - wide, low.y), ImVec2(low.x + size.x, low.y + size.y),
                                 clear, back, back, clear);
}

float tab_width(const TabName& tab) {
  push_strong();
  const float width = text_size(tab.label).x + 0.4f * em();
  pop_font();
  return std::max(width, Touch::coarse() ? control_height() : 0);
}

bool draw_tab(const TabName& tab, Tab& now) {
  const float height = control_height(), width = tab_width(tab);
  const bool chosen = tab.tab == now;
  push_strong();
  const ImVec2 text = text_size(tab.label);
  const bool pressed = press_area(tab.name, ImVec2(width, height)) || arrow_came();
  if (pressed) now = tab.tab;
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  const bool hovered = ImGui::IsItemHovered();
  if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  text_at(list, ImVec2((low.x + high.x - text.x) / 2, (low.y + high.y - text.y) / 2),
          chosen || hovered ? palette().text : palette().muted, tab.label);
  if (chosen) list.AddRectFilled(ImVec2(low.x, high.y - 0.16f * em()), high, palette().accent, 0.1f * em());
  pop_font();
  WidgetRects::mark(tab.name, tab.label);
  return pressed;
}

float tab_gap() { return (Touch::coarse() ? 0.8f : 1.3f) * em(); }

/// One line of tab names. If they do not fit, it scrolls with finger, wheel and keyboard.
void draw_tabs(const char* name, std::span<const TabName> tabs, Tab& now, bool narrow) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  begin_part(
      name, ImVec2(0, control_height()), 0,
      ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoBackground);
  ImGui::PopStyleVar();
  if (ImGui::IsWindowHovered() && ImGui::GetScrollMaxX() > 0)
    ImGui::SetScrollX(ImGui::GetScrollX() - 3 * em() * ImGui::GetIO().MouseWheel);
  bool first = true;
  for (const TabName& tab : tabs) {
    if (narrow && tab.wide_only) continue;
    if (!first) ImGui::SameLine(0, tab_gap());
    first = false;
    const bool pressed = draw_tab(tab, now);
    if (pressed || (tab.tab == now && ImGui::IsWindowAppearing())) ImGui::SetScrollHereX();
  }
  fade_edges(narrow ? palette().page : palette().panel);
  ImGui::EndChild();
}

/// All tabs in as many lines as they need; false, if these are too many.
bool draw_wrapped_tabs(Tab& now) {
  constexpr int kMostLines = 2;
  const float room = ImGui::GetContentRegionAvail().x, gap = tab_gap();
  std::vector<const TabName*> tabs;
  for (const TabName& tab : kSettings) tabs.push_back(&tab);
  for (const TabName& tab : kResults)
    if (!tab.wide_only) tabs.push_back(&tab);
  std::vector<std::size_t> starts = {0};  // of the lines
  float x = 0;
  for (std::size_t i = 0; i < tabs.size(); ++i) {
    const float width = tab_width(*tabs[i]);
    if (x > 0 && x + width > room) starts.push_back(i), x = 0;
    x += width + gap;
  }
  if (starts.size() > kMostLines) return false;
  for (std::size_t i = 0; i < tabs.size(); ++i) {
    if (i > 0 && std::find(starts.begin(), starts.end(), i) == starts.end()) ImGui::SameLine(0, gap);
    draw_tab(*tabs[i], now);
  }
  return true;
}

}  // namespace

void draw_result_tabs(Tab& now) { draw_tabs("tabs", kResults, now, false); }

void draw_all_tabs(Tab& now) {
  if (draw_wrapped_tabs(now)) return;
  draw_tabs("tabs/settings", kSettings, now, true);
  draw_tabs("tabs", kResults, now, true);
}

std::optional<Tab> tab_of_key() {
  if (ImGui::GetIO().KeyCtrl || ImGui::GetIO().KeySuper) return std::nullopt;
  for (std::size_t i = 0; i < std::size(kResults); ++i)
    if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(ImGuiKey_1 + static_cast<int>(i)), false))
      return kResults[i].tab;
  return std::nullopt;
}

}  // namespace playground
