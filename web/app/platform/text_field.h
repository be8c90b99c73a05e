#pragma once
/// The page's hidden text field. It has the focus while a text is edited on the canvas, because only a text
/// field gets everything a person can type: the characters of every layout, dead keys, input methods,
/// suggestions, paste, and a keyboard on devices that have none.
/// What is typed arrives as app_character and app_key_tap.

#include "web/app/controls/touch.h"

namespace playground::browser {

constexpr char kTextField[] = "#canvas-text";

void make_text_field();
/// Gives the field the focus, or returns it to the canvas; only if one of the two has it, or nothing on the
/// page. On iOS the keyboard opens only inside a touch handler.
void edit_text(bool wanted, Keyboard keyboard);
/// Returns the focus to the canvas if the field has it.
void leave_text_field();
/// Where the caret is, in CSS pixels of the page: input methods open their windows there.
void place_text_field(float x, float y, float height);

}  // namespace playground::browser
