#include "web/app/controls/touch.h"

#include <cmath>
#include <utility>

#include "imgui.h"

namespace playground {
namespace {

/// Belongs to the ImGui context: a page has one, and tests have one at a time.
bool claimed = false;
float arriving_pinch = 1, frame_pinch = 1;
bool coarse_pointer = false;
Keyboard wanted_keyboard = Keyboard::text;

}  // namespace

void Touch::begin_frame() {
  claimed = false;
  wanted_keyboard = Keyboard::text;
  frame_pinch = arriving_pinch;
  arriving_pinch = 1;
}

void Touch::claim_drag_if_hovered() {
  if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem)) claimed = true;
}

bool Touch::draggable() { return claimed; }
void Touch::pinch(float factor) {
  if (factor > 0 && std::isfinite(factor)) arriving_pinch *= factor;  // 0: both fingers in one place
}
float Touch::take_pinch() { return std::exchange(frame_pinch, 1.0f); }
void Touch::use_keyboard(Keyboard keyboard) { wanted_keyboard = keyboard; }
Keyboard Touch::keyboard() { return wanted_keyboard; }
void Touch::set_coarse(bool coarse) { coarse_pointer = coarse; }
bool Touch::coarse() { return coarse_pointer; }

}  // namespace playground
