#pragma once
/// The basic controls of the app: plain functions on top of ImGui, with keyboard and touch support.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"
#include "web/app/controls/icons.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widget_rects.h"

namespace playground {

/// An area to press or drag on, drawn by the caller; true if it was pressed. A layout without room makes it
/// one pixel, because ImGui accepts no empty area. `keyboard`: it can be reached and pressed with keys.
bool press_area(const char* name, ImVec2 size, bool keyboard = true);

/// True if an arrow key moved the focus to the last item, as in a radio group.
bool arrow_came();
/// Around each cell of a grid of press areas: Tab stops at the first, and the arrow keys move among all.
void push_grid_cell(bool first);
void pop_grid_cell();

enum class Kind { primary, normal, quiet };
struct ButtonLook {
  Kind kind = Kind::normal;
  Icon icon = Icon::none;
  float width = 0;  ///< 0: as wide as its content
  bool enabled = true;
  const char* help = nullptr;  ///< tooltip; buttons with only an icon need one
  bool strong = false;
};
/// `name` identifies the button to ImGui and tests; after "###" stands what identifies it to ImGui where the
/// name changes; `label` may be empty and may change.
bool button(const char* name, const char* label, const ButtonLook& look = {});

float button_width(const char* label, bool icon = false);
/// Without an icon; in a line of that width a longer label takes several lines.
float button_height(const char* label, float room);

/// One of many: a field that opens a list. If true, draw the entries, then call ImGui::EndCombo().
bool begin_choice(const char* name, const std::string& chosen, float width);
/// One of a few, all visible. Its parts are named `name/label`.
/// They take several lines where they do not fit; `fill`: as wide as there is room.
bool segmented(const char* name, std::span<const char* const> labels, int& chosen, bool fill = false);
float segmented_width(std::span<const char* const> labels);
/// A line of a menu or of a list of choices; the menu closes when it is pressed.
bool menu_entry(const char* name, const char* label, bool chosen = false);
/// A heading or a remark in a menu.
void menu_note(std::string_view text);
/// A switch with a label; a press on either toggles it.
/// With a width the switch stands at its end, without a label.
bool toggle(const char* name, const char* label, bool& on, float width = 0);
float toggle_width(const char* label);

/// [-] text [+]: `direction` is -1 or +1 if a button was pressed, `edited` the text if it was edited.
struct Stepped {
  int direction = 0;
  std::optional<std::string> edited;
};
struct StepperLook {
  bool wrong = false;  ///< the text is not accepted
  Keyboard keyboard = Keyboard::text;
};
Stepped stepper(const char* name, const std::string& text, float width, const StepperLook& look = {});
/// The text of a text field as it is edited now, or as it was given. `label` is ImGui's.
std::string edited_text(const char* label, const std::string& text);
/// A text field of ImGui's, in the app's look; true while it is edited. `name` is for tests.
bool text_field(const char* name, char* text, std::size_t size, float width);

/// A button under the centered note.
bool centered_button(const char* name, const char* label, const ButtonLook& look = {});
/// Height of buttons and fields: thumb-sized for fingers.
float control_height();
/// The text that comes next on this line is in the middle of the controls beside it.
void align_with_controls();

}  // namespace playground
