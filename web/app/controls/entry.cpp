// Fields that text is typed into (widgets.h).
#include <algorithm>

#include "imgui_internal.h"
#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"

namespace playground {
namespace {

/// What is typed into the field at this moment, into `buffer`. ImGui puts the old text back on Escape only
/// where the buffer it is given is not the old text already.
void fill_with_typed(const char* label, char* buffer, std::size_t size) {
  const std::string typed = edited_text(label, buffer);
  buffer[typed.copy(buffer, size - 1)] = 0;
}

/// For the item just drawn: which keyboard a phone shows while it is edited.
void choose_keyboard(Keyboard keyboard) {
  if (ImGui::IsItemActive()) Touch::use_keyboard(keyboard);
}

}  // namespace

std::string edited_text(const char* label, const std::string& text) {
  const ImGuiID id = ImGui::GetID(label);
  const ImGuiInputTextState* state = ImGui::GetActiveID() == id ? ImGui::GetInputTextState(id) : nullptr;
  return state != nullptr && state->TextA.Data != nullptr ? state->TextA.Data : text;
}

bool text_field(const char* name, char* text, std::size_t size, float width) {
  ImGui::SetNextItemWidth(fitting_width(width));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0.65f * em(), (control_height() - em()) / 2));
  const std::string label = "##" + std::string(name);
  fill_with_typed(label.c_str(), text, size);
  ImGui::InputText(label.c_str(), text, size, ImGuiInputTextFlags_AutoSelectAll);
  ImGui::PopStyleVar();
  choose_keyboard(Keyboard::text);
  WidgetRects::mark(name, text);
  return ImGui::IsItemActive();
}

Stepped stepper(const char* name, const std::string& text, float wanted, const StepperLook& look) {
  const float width = fitting_width(wanted);
  Stepped result;
  ImGui::PushID(name);
  const float height = control_height(), side = Touch::coarse() ? height : 1.7f * em();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float rounding = ImGui::GetStyle().FrameRounding;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(corner, ImVec2(corner.x + width, corner.y + height), palette().control, rounding);
  const auto end_button = [&](const char* id, Icon icon, int direction) {
    ImGui::PushItemFlag(ImGuiItemFlags_ButtonRepeat, true);
    if (press_area(id, ImVec2(side, height))) result.direction = direction;
    ImGui::PopItemFlag();
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    const bool hovered = ImGui::IsItemHovered();
    if (hovered) {
      list.AddRectFilled(
          low, high, ImGui::IsItemActive() ? palette().control_active : palette().control_hover, rounding);
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    }
    draw_icon(list, icon, ImVec2((low.x + high.x) / 2, (low.y + high.y) / 2), 0.62f * em(),
              hovered ? palette().text : palette().muted);
    WidgetRects::mark(std::string(name) + (direction < 0 ? "/less" : "/more"));
  };
  ImGui::BeginGroup();
  end_button("less", Icon::minus, -1);
  ImGui::SameLine(0, 0);
  // An ordinary text field without a background; its text is taken when it loses the focus.
  char buffer[64] = {};
  text.copy(buffer, sizeof buffer - 1);
  const std::string before = buffer;
  fill_with_typed("##value", buffer, sizeof buffer);
  ImGui::SetNextItemWidth(width - 2 * side);
  ImGui::PushStyleColor(ImGuiCol_FrameBg, 0);
  const float written = text_size(buffer).x;
  const float pad = std::max(0.2f * em(), (width - 2 * side - written) / 2);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(pad, (height - em()) / 2));
  ImGui::PushStyleColor(ImGuiCol_Text, look.wrong ? palette().wrong : palette().text);
  ImGui::InputText("##value", buffer, sizeof buffer, ImGuiInputTextFlags_AutoSelectAll);
  if (ImGui::IsItemDeactivatedAfterEdit() && before != buffer) result.edited = buffer;
  choose_keyboard(look.keyboard);
  WidgetRects::mark(std::string(name) + "/value", text);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
  ImGui::SameLine(0, 0);
  end_button("more", Icon::plus, 1);
  ImGui::EndGroup();
  if (look.wrong)
    list.AddRect(corner, ImVec2(corner.x + width, corner.y + height), palette().wrong, rounding, 0,
                 0.1f * em());
  ImGui::PopID();
  WidgetRects::mark(name, corner, ImVec2(corner.x + width, corner.y + height));
  return result;
}

}  // namespace playground
