#include "web/app/panels/start.h"

#include <algorithm>
#include <string>

#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/state/own_models.h"

namespace playground {

UiRequest draw_start() {
  constexpr char kAbout[] =
      "A neural network learns to recognize pictures here, in your browser. You watch it learn and look "
      "inside; nothing is sent anywhere.";
  const float gap = 0.55f * em(), button_height = control_height();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float width = std::min(room.x, 30 * em());
  const float text = text_size(wrapped(kAbout, width)).y;
  const float height = text + 3 * (button_height + gap + ImGui::GetStyle().ItemSpacing.y);
  ImGui::SetCursorPos(ImVec2(ImGui::GetCursorPosX() + (room.x - width) / 2,
                             ImGui::GetCursorPosY() + std::max(em(), (room.y - height) * 0.42f)));
  ImGui::BeginGroup();
  wrapped_text(kAbout, width);
  WidgetRects::mark("start/about", kAbout);
  UiRequest asked;
  const auto offer = [&](const std::string& name, const char* label, const ButtonLook& look) {
    ImGui::Dummy(ImVec2(0, gap - ImGui::GetStyle().ItemSpacing.y));
    ButtonLook wide = look;
    wide.width = std::min(width, 17 * em());
    const bool pressed = button(name.c_str(), label, wide);
    WidgetRects::mark(name, label);
    return pressed;
  };
  if (offer("start/train", "Train a network now", {.kind = Kind::primary, .icon = Icon::play}))
    asked = action::Train{};
  const OwnModel& trained = kOwnModels[0];
  if (offer(std::string("own/") + trained.name, trained.offer, {.help = trained.about}))
    asked = action::LoadModel{trained.name, false, true};
  if (offer("start/learn", "Learn how it works, in short chapters", {})) asked = action::Learn{};
  ImGui::EndGroup();
  return asked;
}

}  // namespace playground
