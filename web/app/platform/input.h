#pragma once
/// Mouse, touch, wheel and keyboard events of the canvas as ImGui's input events.

#include "web/app/platform/canvas.h"

namespace playground {

/// Listens for the rest of the page's life; each event wakes the canvas.
void listen(Canvas& canvas);

/// From the hidden text field (text_field.h).
void type_character(unsigned code_point);
void tap_key(int imgui_key);

}  // namespace playground
