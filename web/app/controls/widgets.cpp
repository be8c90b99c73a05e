#include "web/app/controls/widgets.h"

#include <algorithm>
#include <cmath>

#include "imgui_internal.h"
#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/wrapping.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

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

constexpr float kTrack = 1.9f;                                           // em, of a toggle
constexpr float kSegmentPad = 0.75f, kTightPad = 0.26f, kMostFill = 40;  // em

float label_room(float room) { return std::max(room, 8 * em()); }

/// The widest entry of a menu.
float menu_room() { return ImGui::GetIO().DisplaySize.x - 4 * ImGui::GetStyle().FontSizeBase; }

float segment_width(const char* label, float pad) {
  return std::max(text_size(label).x + 2 * pad, Touch::coarse() ? control_height() : 0);
}
float segment_width(const char* label, float pad, float room) {
  return std::min(segment_width(label, pad), room);
}

/// Where each line of segments ends, if they do not fit beside each other.
std::vector<int> segment_lines(std::span<const char* const> labels, float pad, float room) {
  std::vector<int> ends;
  float width = 0;
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    const float next = segment_width(labels[static_cast<std::size_t>(i)], pad, room);
    if (width > 0 && width + next > room + 0.5f) {
      ends.push_back(i);
      width = 0;
    }
    width += next;
  }
  ends.push_back(static_cast<int>(labels.size()));
  return ends;
}

}  // namespace

bool press_area(const char* name, ImVec2 size, bool keyboard) {
  return ImGui::InvisibleButton(name, ImVec2(std::max(size.x, 1.0f), std::max(size.y, 1.0f)),
                                keyboard ? ImGuiButtonFlags_EnableNav : ImGuiButtonFlags_None);
}

float control_height() {
  return Touch::coarse() ? 2.75f * std::max(em(), ImGui::GetStyle().FontSizeBase) : 2 * em();
}

void align_with_controls() {  // ImGui::AlignTextToFramePadding knows the height of its own frames only
  ImGuiWindowTempData& line = ImGui::GetCurrentWindow()->DC;
  line.CurrLineSize.y = std::max(line.CurrLineSize.y, control_height());
  line.CurrLineTextBaseOffset = std::max(line.CurrLineTextBaseOffset, (control_height() - em()) / 2);
}

float button_width(const char* label, bool icon) {
  const float text = text_size(label).x;
  return text > 0 ? text + (icon ? 2.9f : 1.5f) * em() : control_height();
}

float button_height(const char* label, float room) {
  return std::max(control_height(),
                  text_size(wrapped(label, label_room(room) - 1.5f * em())).y + 0.8f * em());
}

bool button(const char* name, const char* label, const ButtonLook& look) {
  if (look.strong || look.kind == Kind::primary) push_strong();
  const float sign = look.icon == Icon::none ? 0 : 0.85f * em();
  ImVec2 text = text_size(label);
  const float gap = sign > 0 && text.x > 0 ? 0.5f * em() : 0, pad = text.x > 0 ? 1.5f * em() : 0;
  // A label that is wider than the whole line takes several.
  const float wrap = label_room(ImGui::GetContentRegionAvail().x) - sign - gap - pad;
  const std::string lines = wrapped(label, wrap);
  text = text_size(lines);
  const float content = sign + gap + text.x;
  const float height = std::max(control_height(), text.y + 0.8f * em());
  const float width = std::max(look.width > 0 ? look.width
                               : text.x > 0   ? content + pad
                                              : height,
                               Touch::coarse() ? height : 0);
  // A focused button that becomes disabled keeps the focus until the user leaves it.
  ImGui::BeginDisabled(!look.enabled && ImGui::GetFocusID() != ImGui::GetID(name));
  ImGui::PushStyleVar(ImGuiStyleVar_DisabledAlpha, 1.0f);
  const bool pressed = press_area(name, ImVec2(width, height));
  ImGui::PopStyleVar();
  const Colors colors = button_colors(look);
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (colors.back != 0) list.AddRectFilled(low, high, colors.back, ImGui::GetStyle().FrameRounding);
  const float x = low.x + (width - content) / 2, middle = (low.y + high.y) / 2;
  if (sign > 0) draw_icon(list, look.icon, ImVec2(x + sign / 2, middle), sign, colors.text);
  text_at(list, ImVec2(x + sign + gap, middle - text.y / 2), colors.text, lines);
  ImGui::EndDisabled();
  if (look.enabled && ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  if (look.strong || look.kind == Kind::primary) pop_font();
  const std::string_view whole = name;
  WidgetRects::mark(whole.substr(0, whole.find("###")),
                    text.x > 0 || look.help == nullptr ? label : look.help);
  if (look.help != nullptr) tooltip(look.help);
  return pressed && look.enabled;
}

float segmented_width(std::span<const char* const> labels) {
  float total = 0;
  for (const char* label : labels) total += segment_width(label, kSegmentPad * em());
  return total;
}

bool segmented(const char* name, std::span<const char* const> labels, int& chosen, bool fill) {
  const Palette& p = palette();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float height = control_height(), rounding = ImGui::GetStyle().FrameRounding;
  const float room = ImGui::GetContentRegionAvail().x;
  const bool tight = segmented_width(labels) > room;
  const float pad = (tight ? kTightPad : kSegmentPad) * em();
  const std::vector<int> ends = segment_lines(labels, pad, room);
  ImVec2 corner = ImGui::GetCursorScreenPos();
  ImGui::PushID(name);
  ImGui::BeginGroup();
  bool changed = false;
  const int before = chosen;
  int i = 0;
  for (const int end : ends) {
    float line = 0;
    for (int k = i; k < end; ++k) line += segment_width(labels[static_cast<std::size_t>(k)], pad, room);
    const float width = fill || tight ? std::max(line, std::min(room, kMostFill * em())) : line;
    const float extra = (width - line) / static_cast<float>(end - i);
    list.AddRectFilled(corner, ImVec2(corner.x + width, corner.y + height), p.control, rounding);
    float x = corner.x;
    for (; i < end; ++i) {
      const char* label = labels[static_cast<std::size_t>(i)];
      // Not SameLine: after a label it would lower all but the first item to the label's baseline.
      ImGui::SetCursorScreenPos(ImVec2(x, corner.y));
      const std::string shown = fitted(label, room - 0.4f * em());
      const ImVec2 text = text_size(shown);
      if (press_area(label, ImVec2(segment_width(label, pad, room) + extra, height)) || arrow_came()) {
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
      text_at(list, ImVec2((low.x + high.x - text.x) / 2, (low.y + high.y - text.y) / 2),
              i == before || hovered ? p.text : p.muted, shown);
      WidgetRects::mark(std::string(name) + "/" + label, label);
      x = high.x;
    }
    corner.y += height;
  }
  ImGui::EndGroup();
  ImGui::PopID();
  return changed;
}

bool begin_choice(const char* name, const std::string& chosen, float wanted) {
  const float width = fitting_width(wanted);
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
  if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible) {  // the arrow down opens it, as Enter does
    ImGui::SetItemKeyOwner(ImGuiKey_DownArrow);
    if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) ImGui::ActivateItemByID(ImGui::GetItemID());
  }
  WidgetRects::mark(name, chosen);
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return false;
}

float toggle_width(const char* label) {
  const float text = text_size(label).x;
  return std::max(kTrack * em() + (text > 0 ? 0.5f * em() + text : 0),
                  Touch::coarse() ? control_height() : 0);
}

bool toggle(const char* name, const char* label, bool& on, float width) {
  const Palette& p = palette();
  const float height = control_height(), track_height = 1.05f * em(), track = kTrack * em();
  const bool at_end = width > 0;
  const bool pressed =
      press_area(name, ImVec2(at_end ? width : std::min(toggle_width(label), fitting_width(1e6f)), height));
  if (pressed) on = !on;
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  const ImVec2 low(at_end ? ImGui::GetItemRectMax().x - track : ImGui::GetItemRectMin().x,
                   ImGui::GetItemRectMin().y);
  const float middle = low.y + height / 2, radius = track_height / 2;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(ImVec2(low.x, middle - radius), ImVec2(low.x + track, middle + radius),
                     on ? p.accent : p.faint, radius);
  list.AddCircleFilled(ImVec2(on ? low.x + track - radius : low.x + radius, middle), radius * 0.74f,
                       IM_COL32_WHITE);
  const std::string text = fitted(label, std::max(em(), ImGui::GetItemRectSize().x - track - 0.5f * em()));
  text_at(list, ImVec2(low.x + track + 0.5f * em(), middle - em() / 2), p.text, text);
  WidgetRects::mark(name, label);
  return pressed;
}

void menu_note(std::string_view text) {
  push_size(0.87f);
  muted(wrapped(text, menu_room()));
  pop_font();
}

bool menu_entry(const char* name, const char* label, bool chosen) {
  // A popup is as wide as its entries, but not wider than the page; there a label takes several lines.
  const bool popup = (ImGui::GetCurrentWindowRead()->Flags & ImGuiWindowFlags_Popup) != 0;
  const float room = popup ? menu_room() : ImGui::GetContentRegionAvail().x;
  const std::string lines = wrapped(label, room);
  const ImVec2 text = text_size(lines);
  const float least = Touch::coarse() ? control_height() - ImGui::GetStyle().ItemSpacing.y : 0;
  const float height = std::max(least, text.y), width = popup ? text.x : 0;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::PushID(name);
  const ImVec2 spacing = ImGui::GetStyle().ItemSpacing;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(popup ? spacing.x : 0, spacing.y));
  const bool pressed =
      ImGui::Selectable("##entry", chosen, ImGuiSelectableFlags_SpanAvailWidth, ImVec2(width, height));
  ImGui::PopStyleVar();
  ImGui::PopID();
  text_at(*ImGui::GetWindowDrawList(), ImVec2(at.x, at.y + (height - text.y) / 2), palette().text, lines);
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  WidgetRects::mark(name, label);
  return pressed;
}

bool arrow_came() {
  const ImGuiContext& g = *ImGui::GetCurrentContext();
  if (g.NavJustMovedToId == 0 || g.NavJustMovedToId != ImGui::GetItemID() || g.NavJustMovedToIsTabbing)
    return false;
  // Not the first focus of a window that appears. A move takes effect a frame after its key.
  for (const ImGuiKey key : {ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_UpArrow, ImGuiKey_DownArrow})
    if (ImGui::IsKeyDown(key) || ImGui::IsKeyReleased(key)) return true;
  return false;
}

void push_grid_cell(bool first) { ImGui::PushItemFlag(ImGuiItemFlags_NoTabStop, !first); }
void pop_grid_cell() { ImGui::PopItemFlag(); }

bool centered_button(const char* name, const char* label, const ButtonLook& look) {
  const float width = text_size(label).x + (look.icon == Icon::none ? 1.5f : 2.9f) * em();
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                       std::max(0.0f, (ImGui::GetContentRegionAvail().x - width) / 2));
  return button(name, label, look);
}

}  // namespace playground
