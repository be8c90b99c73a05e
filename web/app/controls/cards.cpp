#include "web/app/controls/cards.h"

#include <algorithm>

#include "imgui_internal.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"

namespace playground {
namespace {

/// Unlike ImGuiWindowFlags_HorizontalScrollbar alone, it adds the scrollbar to an automatic height, and needs
/// no vertical scrollbar beside it.
constexpr ImGuiWindowFlags kWide = ImGuiWindowFlags_AlwaysHorizontalScrollbar |
                                   ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoScrollbar;

}  // namespace

void begin_part(const char* name, ImVec2 size, ImGuiChildFlags flags, ImGuiWindowFlags window) {
  ImGui::BeginChild(name, size, flags | ImGuiChildFlags_NavFlattened, window);
}

void begin_wide(const char* name, float width) {
  if (width <= ImGui::GetContentRegionAvail().x + 0.5f) return ImGui::BeginGroup();
  begin_part(name, ImVec2(0, 0), ImGuiChildFlags_AutoResizeY, kWide | ImGuiWindowFlags_NoBackground);
  ImGui::BeginGroup();
}

void end_wide() {
  ImGui::EndGroup();
  if ((ImGui::GetCurrentWindowRead()->Flags & kWide) == kWide) ImGui::EndChild();
}

void begin_card(const char* name, const char* title, float width) {
  ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().panel);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding,
                      ImVec2(std::min(1.1f * em(), 0.045f * ImGui::GetIO().DisplaySize.x), 0.9f * em()));
  begin_part(name, ImVec2(width, 0), ImGuiChildFlags_AlwaysUseWindowPadding | ImGuiChildFlags_AutoResizeY,
             ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  if (title[0] == 0) return;
  push_strong(1.07f);
  ImGui::TextUnformatted(title);
  pop_font();
}

float popup_width(float wanted) {
  return std::min(wanted * em(), ImGui::GetIO().DisplaySize.x - 1.6f * em());
}

float outdent(float wanted) { return std::min(wanted * em(), 0.035f * ImGui::GetIO().DisplaySize.x); }

void end_card() { ImGui::EndChild(); }

void heading_button_place(const char* label) {
  const float width = text_size(label)[0] + 1.5f * em(), right = right_edge();
  const float line =
      ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y - 1.07f * em();  // the heading's top
  ImGui::SetCursorPos(
      ImVec2(right - width + outdent(0.75f), std::max(0.0f, line - (control_height() - 1.07f * em()) / 2)));
}

float fitting_width(float wanted) {
  return std::max(std::min(wanted, ImGui::GetContentRegionAvail().x), 3 * control_height());
}

void same_line_where_fits(float width, float gap) {
  const float edge = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
  if (ImGui::GetItemRectMax().x + gap + width <= edge + 0.5f) ImGui::SameLine(0, gap);
}

ImVec2 grid_place(ImVec2 corner, int index, int columns, ImVec2 step) {
  const int row = index / columns, column = index % columns;
  return ImVec2(corner.x + static_cast<float>(column) * step.x, corner.y + static_cast<float>(row) * step.y);
}
}  // namespace playground
