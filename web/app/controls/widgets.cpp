#include "web/app/controls/widgets.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "web/app/controls/touch.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

struct Marked {
  ImVec4 rect;
  int frame;
  std::string text;
};
std::map<std::string, Marked, std::less<>>& marks() {
  static std::map<std::string, Marked, std::less<>> all;
  return all;
}

struct Colors {
  ImU32 back, text;
};

Colors button_colors(const ButtonLook& look) {
  const Palette& p = palette();
  const bool active = look.enabled && ImGui::IsItemActive(), hovered = look.enabled && ImGui::IsItemHovered();
  if (!look.enabled) return {look.kind == Kind::quiet ? 0 : p.control, mix(p.panel, p.faint, 0.75f)};
  if (look.kind == Kind::primary)
    return {active ? p.accent_active : hovered ? p.accent_hover : p.accent, p.on_accent};
  const ImU32 rest = look.kind == Kind::quiet ? 0 : p.control;
  return {active    ? p.control_active
          : hovered ? p.control_hover
                    : rest,
          look.kind == Kind::quiet && !hovered ? p.muted : p.text};
}

}  // namespace

bool press_area(const char* name, ImVec2 size, bool keyboard) {
  return ImGui::InvisibleButton(name, ImVec2(std::max(size.x, 1.0f), std::max(size.y, 1.0f)),
                                keyboard ? ImGuiButtonFlags_EnableNav : ImGuiButtonFlags_None);
}

void focus_ring(ImVec2 low, ImVec2 high, float rounding) {
  if (!ImGui::IsItemFocused() || !ImGui::GetIO().NavVisible) return;
  const float gap = 0.13f * em();
  ImGui::GetWindowDrawList()->AddRect(ImVec2(low.x - gap, low.y - gap), ImVec2(high.x + gap, high.y + gap),
                                      palette().accent_hover, rounding + gap, 0, 0.13f * em());
}

void WidgetRects::begin_frame() {
  const int now = ImGui::GetFrameCount();
  std::erase_if(marks(), [now](const auto& entry) { return entry.second.frame < now - 1; });
}

void WidgetRects::mark(std::string_view name, std::string_view text) {
  mark(name, ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), text);
}

void WidgetRects::mark(std::string_view name, ImVec2 low, ImVec2 high, std::string_view text) {
  const ImVec2 clip_low = ImGui::GetWindowDrawList()->GetClipRectMin(),
               clip_high = ImGui::GetWindowDrawList()->GetClipRectMax();
  low = ImVec2(std::max(low.x, clip_low.x), std::max(low.y, clip_low.y));
  high = ImVec2(std::min(high.x, clip_high.x), std::min(high.y, clip_high.y));
  if (low.x >= high.x || low.y >= high.y) return;  // scrolled out of view
  marks().insert_or_assign(std::string(name), Marked{ImVec4(low.x, low.y, high.x - low.x, high.y - low.y),
                                                     ImGui::GetFrameCount(), std::string(text)});
}

std::string WidgetRects::text(std::string_view name) {
  const auto found = marks().find(name);
  return found == marks().end() || found->second.frame != ImGui::GetFrameCount() ? "" : found->second.text;
}

std::optional<ImVec4> WidgetRects::find(std::string_view name) {
  const auto found = marks().find(name);
  if (found == marks().end() || found->second.frame != ImGui::GetFrameCount()) return {};
  return found->second.rect;
}

std::vector<std::string> WidgetRects::names() {
  std::vector<std::string> all;
  for (const auto& [name, marked] : marks())
    if (marked.frame == ImGui::GetFrameCount()) all.push_back(name);
  return all;
}

std::optional<ImVec4> WidgetRects::find_text(std::string_view text) {
  std::optional<ImVec4> first;
  for (const auto& [name, marked] : marks()) {
    if (marked.frame != ImGui::GetFrameCount() || marked.text != text) continue;
    if (!first || marked.rect.y < first->y) first = marked.rect;
  }
  return first;
}

float control_height() { return (Touch::coarse() ? 2.75f : 2.0f) * em(); }

bool button(const char* name, const char* label, const ButtonLook& look) {
  if (look.strong || look.kind == Kind::primary) push_strong();
  const ImVec2 text = text_size(label);
  const float height = control_height(), sign = look.icon == Icon::none ? 0 : 0.85f * em();
  const float gap = sign > 0 && text.x > 0 ? 0.5f * em() : 0;
  const float content = sign + gap + text.x;
  const float width = look.width > 0 ? look.width : text.x > 0 ? content + 1.5f * em() : height;
  ImGui::BeginDisabled(!look.enabled);
  ImGui::PushStyleVar(ImGuiStyleVar_DisabledAlpha, 1.0f);
  const bool pressed = press_area(name, ImVec2(width, height));
  ImGui::PopStyleVar();
  const Colors colors = button_colors(look);
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float rounding = ImGui::GetStyle().FrameRounding;
  if (colors.back != 0) list.AddRectFilled(low, high, colors.back, rounding);
  focus_ring(low, high, rounding);
  float x = low.x + (width - content) / 2;
  const float middle = (low.y + high.y) / 2;
  if (sign > 0) draw_icon(list, look.icon, ImVec2(x + sign / 2, middle), sign, colors.text);
  if (text.x > 0) text_at(list, ImVec2(x + sign + gap, middle - text.y / 2), colors.text, label);
  ImGui::EndDisabled();
  if (look.enabled && ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  if (look.strong || look.kind == Kind::primary) pop_font();
  WidgetRects::mark(name, label);
  if (look.help != nullptr) tooltip(look.help);
  return pressed && look.enabled;
}

bool segmented(const char* name, std::span<const char* const> labels, int& chosen, bool fill) {
  const Palette& p = palette();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float height = control_height(), pad = 0.75f * em(), rounding = ImGui::GetStyle().FrameRounding;
  float total = 0;
  for (const char* label : labels) total += text_size(label).x + 2 * pad;
  // May be negative: the labels then move closer together, as far as their padding allows.
  const float extra = fill ? std::max(-1.3f * pad, (ImGui::GetContentRegionAvail().x - total) /
                                                       static_cast<float>(labels.size()))
                           : 0;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float width = total + extra * static_cast<float>(labels.size());
  list.AddRectFilled(corner, ImVec2(corner.x + width, corner.y + height), p.control, rounding);
  ImGui::PushID(name);
  ImGui::BeginGroup();
  bool changed = false;
  const int before = chosen;
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    // Not SameLine: after a label it would lower all but the first item to the label's baseline.
    if (i > 0) ImGui::SetCursorScreenPos(ImVec2(ImGui::GetItemRectMax().x, corner.y));
    const ImVec2 text = text_size(labels[static_cast<std::size_t>(i)]);
    if (press_area(labels[static_cast<std::size_t>(i)], ImVec2(text.x + 2 * pad + extra, height))) {
      chosen = i;
      changed = i != before;
    }
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    const float inset = 0.16f * em();
    const bool hovered = ImGui::IsItemHovered();
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (i == before)
      list.AddRectFilled(ImVec2(low.x + inset, low.y + inset), ImVec2(high.x - inset, high.y - inset),
                         dark() ? p.control_active : p.panel, rounding - inset / 2);
    focus_ring(low, high, rounding);
    text_at(list, ImVec2((low.x + high.x - text.x) / 2, (low.y + high.y - text.y) / 2),
            i == before || hovered ? p.text : p.muted, labels[static_cast<std::size_t>(i)]);
    WidgetRects::mark(std::string(name) + "/" + labels[static_cast<std::size_t>(i)],
                      labels[static_cast<std::size_t>(i)]);
  }
  ImGui::EndGroup();
  ImGui::PopID();
  return changed;
}

bool begin_choice(const char* name, const std::string& chosen, float width) {
  const std::string label = std::string("##") + name;
  ImGui::SetNextItemWidth(width);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0.65f * em(), (control_height() - em()) / 2));
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool open = ImGui::BeginCombo(label.c_str(), fitted(chosen, width - 2.4f * em()).c_str(),
                                      ImGuiComboFlags_NoArrowButton);
  ImGui::PopStyleVar();
  draw_icon(list, Icon::chevron_down, ImVec2(low.x + width - 0.95f * em(), low.y + control_height() / 2),
            0.7f * em(), palette().muted);
  if (open) return true;
  WidgetRects::mark(name, chosen);
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return false;
}

bool toggle(const char* name, const char* label, bool& on) {
  const Palette& p = palette();
  const float height = control_height(), track_height = 1.05f * em(), track = 1.9f * em();
  const ImVec2 text = text_size(label);
  const float gap = text.x > 0 ? 0.5f * em() : 0;
  const bool pressed = press_area(name, ImVec2(track + gap + text.x, height));
  if (pressed) on = !on;
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  const ImVec2 low = ImGui::GetItemRectMin();
  const float middle = low.y + height / 2, radius = track_height / 2;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(ImVec2(low.x, middle - radius), ImVec2(low.x + track, middle + radius),
                     on ? p.accent : p.faint, radius);
  list.AddCircleFilled(ImVec2(on ? low.x + track - radius : low.x + radius, middle), radius * 0.74f,
                       IM_COL32_WHITE);
  focus_ring(ImVec2(low.x, middle - radius), ImVec2(low.x + track, middle + radius), radius);
  text_at(list, ImVec2(low.x + track + gap, middle - text.y / 2), p.text, label);
  WidgetRects::mark(name, label);
  return pressed;
}

void begin_card(const char* name, const char* title) {
  ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().panel);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(1.1f * em(), 0.9f * em()));
  ImGui::BeginChild(name, ImVec2(0, 0), ImGuiChildFlags_AlwaysUseWindowPadding | ImGuiChildFlags_AutoResizeY,
                    ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  if (title[0] == 0) return;
  push_strong(1.07f);
  ImGui::TextUnformatted(title);
  pop_font();
}

void end_card() { ImGui::EndChild(); }

void heading_button_place(const char* label) {
  const float width = text_size(label)[0] + 1.5f * em(), right = right_edge();
  const float line =
      ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y - 1.07f * em();  // the heading's top
  ImGui::SetCursorPos(
      ImVec2(right - width + 0.75f * em(), std::max(0.0f, line - (control_height() - 1.07f * em()) / 2)));
}

void muted(std::string_view text) {
  ImGui::PushStyleColor(ImGuiCol_Text, palette().muted);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopStyleColor();
}

void sentence(std::string_view text) {
  ImGui::PushStyleColor(ImGuiCol_Text, palette().muted);
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
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
  ImGui::PushTextWrapPos(0);
  ImGui::PushStyleColor(ImGuiCol_Text, color);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopStyleColor();
  ImGui::PopTextWrapPos();
  ImGui::Unindent(side + 0.5f * em());
}

bool begin_tooltip(ImVec2 size) {
  if (!ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled)) return false;
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
  if (text.empty()) return;
  if (!begin_tooltip(ImGui::CalcTextSize(text.data(), text.data() + text.size(), false, 22 * em()))) return;
  ImGui::PushTextWrapPos(22 * em());
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

void centered_note(std::string_view text) {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float width = std::min(room.x - 2 * em(), 30 * em());
  const ImVec2 size = ImGui::CalcTextSize(text.data(), text.data() + text.size(), false, width);
  ImGui::SetCursorPos(ImVec2(ImGui::GetCursorPosX() + (room.x - size.x) / 2,
                             ImGui::GetCursorPosY() + std::max(em(), (room.y - size.y) * 0.42f)));
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width + 1);
  muted(text);
  ImGui::PopTextWrapPos();
}

bool centered_button(const char* name, const char* label, const ButtonLook& look) {
  const float width = text_size(label).x + (look.icon == Icon::none ? 1.5f : 2.9f) * em();
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                       std::max(0.0f, (ImGui::GetContentRegionAvail().x - width) / 2));
  return button(name, label, look);
}

void same_line_where_fits(float width, float gap) {
  const float edge = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
  if (ImGui::GetItemRectMax().x + gap + width <= edge) ImGui::SameLine(0, gap);
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

ImVec2 grid_place(ImVec2 corner, int index, int columns, ImVec2 step) {
  const int row = index / columns, column = index % columns;
  return ImVec2(corner.x + static_cast<float>(column) * step.x, corner.y + static_cast<float>(row) * step.y);
}

std::string fitted(std::string_view text, float width) {
  if (text_size(text).x <= width) return std::string(text);
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
