#include "web/app/panels/pending_network.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"

namespace playground {
namespace {

constexpr float kPadX = 1.1f, kPadY = 0.7f, kSign = 1.65f;  // em
constexpr const char *kUse = "Use it", *kShow = "Show the layer", *kDiscard = "Discard the change";

bool invalid(const BuilderPanel& ui, const BuilderState& state) {
  return !state.checked.error.empty() && state.checked.config == ui.network.config();
}

/// Empty: there is nothing to say.
std::string message(const BuilderPanel& ui, const BuilderState& state) {
  if (ui.network.count() == 0 || ui.network.config() == state.model.config ||
      !(state.checked.config == ui.network.config()))
    return {};
  if (invalid(ui, state)) return state.checked.error;
  if (!state.has_history && !state.running) return {};
  return state.weights_kept ? "The earlier weights of this network will be restored."
                            : "The changed network starts with new weights.";
}

}  // namespace

float pending_height(const BuilderPanel& ui, const BuilderState& state, float width) {
  const std::string text = message(ui, state);
  if (text.empty()) return 0;
  const float room = width - 2 * kPadX * em();
  const ImVec2 gap = ImGui::GetStyle().ItemSpacing;
  const char* first = invalid(ui, state) ? kShow : kUse;
  push_strong();
  const float first_width = button_width(first), first_height = button_height(first, room);
  pop_font();
  const float second_height = button_height(kDiscard, room);
  const bool one_line = first_width + gap.x + button_width(kDiscard) <= room - 0.5f * em();
  const float buttons =
      one_line ? std::max(first_height, second_height) : first_height + gap.y + second_height;
  return text_size(wrapped(text, room - kSign * em())).y + buttons + gap.y + (2 * kPadY + 0.5f) * em();
}

UiRequest draw_pending(BuilderPanel& ui, const BuilderState& state) {
  const std::string text = message(ui, state);
  if (text.empty()) return {};
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::Dummy(ImVec2(0, 0.5f * em() - ImGui::GetStyle().ItemSpacing.y));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().panel);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(kPadX * em(), kPadY * em()));
  begin_part("model/pending", ImVec2(width, pending_height(ui, state, width) - 0.5f * em()),
             ImGuiChildFlags_AlwaysUseWindowPadding,
             ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  warning(text);
  WidgetRects::mark("model/problem", text);
  UiRequest asked;
  if (!invalid(ui, state)) {
    if (button("model/use", kUse, {.kind = Kind::primary})) asked = action::Build{ui.network.config(), ""};
    same_line_where_fits(button_width(kDiscard), ImGui::GetStyle().ItemSpacing.x);
  } else if (state.checked.error_layer >= 0) {
    if (button("model/show", kShow, {.kind = Kind::primary}))
      asked = action::ShowLayer{state.checked.error_layer};
    same_line_where_fits(button_width(kDiscard), ImGui::GetStyle().ItemSpacing.x);
  }
  if (button("model/discard", kDiscard)) asked = action::Discard{};
  ImGui::EndChild();
  return asked;
}

}  // namespace playground
