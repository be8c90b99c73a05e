#include "web/app/controls/texts.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/widget_rects.h"
#include "web/app/controls/wrapping.h"
#include "web/app/state/format.h"

namespace playground {

void muted(std::string_view text) {
  ImGui::PushStyleColor(ImGuiCol_Text, palette().muted);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopStyleColor();
}

void sentence(std::string_view text) {
  ImGui::PushStyleColor(ImGuiCol_Text, palette().muted);
  wrapped_text(text);
  ImGui::PopStyleColor();
}

void warning(std::string_view text) {
  const float side = 1.15f * em();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImU32 color = palette().notice;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddTriangleFilled(ImVec2(at.x + side / 2, at.y), ImVec2(at.x + side, at.y + side * 0.9f),
                         ImVec2(at.x, at.y + side * 0.9f), color);
  push_strong(0.75f);
  text_at(list, ImVec2(at.x + side / 2 - text_size("!").x / 2, at.y + side * 0.2f), palette().panel, "!");
  pop_font();
  ImGui::Indent(side + 0.5f * em());
  ImGui::PushStyleColor(ImGuiCol_Text, color);
  wrapped_text(text);
  ImGui::PopStyleColor();
  ImGui::Unindent(side + 0.5f * em());
}

namespace {

/// Whether the last item shows its tooltip: not after a press until the pointer has left it, because the
/// tooltip would cover what the press brings.
bool hovers() {
  ImGuiStorage& storage = *ImGui::GetStateStorage();
  const ImGuiID item = ImGui::GetItemID();
  const bool under = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled |
                                          ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
  const bool before = storage.GetBool(item);
  const bool pressed = under && (before || ImGui::IsMouseClicked(ImGuiMouseButton_Left));
  if (pressed != before) storage.SetBool(item, pressed);
  return !pressed && ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled);
}

}  // namespace

bool begin_tooltip(ImVec2 size) {
  if (!hovers()) return false;
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax(),
               pad = ImGui::GetStyle().WindowPadding, display = ImGui::GetIO().DisplaySize;
  const float width = size.x + 2 * pad.x, height = size.y + 2 * pad.y, gap = 0.35f * em();
  if (high.y - low.y < 12 * em()) {  // a large item has it beside the pointer
    const float x = high.x - low.x > width ? ImGui::GetMousePos().x - width / 2 : low.x;
    const bool above = high.y + gap + height > display.y && low.y - gap - height > 0;
    ImGui::SetNextWindowPos(ImVec2(std::clamp(x, 0.0f, std::max(0.0f, display.x - width)),
                                   above ? low.y - gap - height : high.y + gap));
  }
  if (!ImGui::BeginTooltip()) return false;
  const ImVec2 corner = ImGui::GetWindowPos(), extent = ImGui::GetWindowSize();
  WidgetRects::mark("tooltip", corner, ImVec2(corner.x + extent.x, corner.y + extent.y));
  return true;
}

void tooltip(std::string_view text) {
  if (text.empty() || !hovers()) return;
  const std::string lines = wrapped(text, 22 * em());
  if (!begin_tooltip(text_size(lines))) return;
  ImGui::TextUnformatted(lines.c_str());
  ImGui::EndTooltip();
}

void centered_note(std::string_view text) {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float width = std::min(room.x - 2 * em(), 30 * em());
  const std::string lines = wrapped(text, width);
  const ImVec2 size = text_size(lines);
  ImGui::SetCursorPos(ImVec2(ImGui::GetCursorPosX() + (room.x - size.x) / 2,
                             ImGui::GetCursorPosY() + std::max(em(), (room.y - size.y) * 0.42f)));
  muted(lines);
}

void draw_share(ImVec2 at, float width, const std::string& name, float share, ImU32 ink, ImU32 bar_color) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float names = 6.2f * em(), figure = 3.7f * em(), bar = std::max(em(), width - names - figure);
  text_at(list, at, ink, fitted(name, names - 0.4f * em()));
  const ImVec2 low(at.x + names, at.y + 0.2f * em());
  list.AddRectFilled(low, ImVec2(low.x + bar, low.y + 0.65f * em()), palette().control, 0.2f * em());
  list.AddRectFilled(low, ImVec2(low.x + std::max(1.0f, bar * share), low.y + 0.65f * em()), bar_color,
                     0.2f * em());
  const std::string text = percent_text(share);
  text_at(list, ImVec2(at.x + width - text_size(text).x, at.y), palette().muted, text);
}

void label_value(const char* label, std::string_view value) {
  muted(label);
  const float width = text_size(value).x;
  ImGui::SameLine();
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0f, ImGui::GetContentRegionAvail().x - width));
  ImGui::TextUnformatted(value.data(), value.data() + value.size());
}

void text_at(ImDrawList& list, ImVec2 at, ImU32 color, std::string_view text) {
  list.AddText(at, color, text.data(), text.data() + text.size());
}

ImVec2 text_size(std::string_view text) {
  return ImGui::CalcTextSize(text.data(), text.data() + text.size());
}

std::string fitted(std::string_view text, float width) {
  if (text_size(text).x <= width + 0.5f) return std::string(text);
  const float room = width - text_size("…").x;
  while (!text.empty() && text_size(text).x > room) {
    bool inside = true;  // a multi-byte character
    while (inside && !text.empty()) {
      inside = (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80;
      text.remove_suffix(1);
    }
  }
  return std::string(text) + "…";
}

void slanted_text(ImDrawList& list, ImVec2 at, ImU32 color, const std::string& text) {
  const int first = list.VtxBuffer.Size;
  const ImVec2 from(list.GetClipRectMin().x, at.y);  // ImGui leaves out letters beyond the clip rectangle
  text_at(list, from, color, text);
  const float c = std::cos(kSlant), s = std::sin(kSlant), height = text_size(text).y;
  for (int i = first; i < list.VtxBuffer.Size; ++i) {
    ImVec2& p = list.VtxBuffer[i].pos;
    const float x = p.x - from.x, y = p.y - from.y - height;
    p = ImVec2(at.x + x * c + y * s, at.y - x * s + y * c);
  }
}

void progress_bar(float share, float width, float height, ImU32 color) {
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const ImVec2 high(low.x + width, low.y + height);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(low, high, palette().control_active, height / 2);
  const float filled = std::clamp(share, 0.0f, 1.0f) * width;
  if (filled > 0.5f) list.AddRectFilled(low, ImVec2(low.x + filled, high.y), color, height / 2);
  ImGui::Dummy(ImVec2(width, height));
}
}  // namespace playground
