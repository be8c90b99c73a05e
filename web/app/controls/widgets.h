// The few controls the whole app is made of. Each is a plain function over ImGui, keyboard and touch
// included.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "imgui.h"
#include "web/app/controls/icons.h"
#include "web/app/controls/theme.h"

namespace playground {

/// Where widgets with a name are and what they say, for tests. A name is valid for the frame that drew it.
class WidgetRects {
 public:
  static void begin_frame();
  /// Names the item just drawn.
  static void mark(std::string_view name, std::string_view text = {});
  static void mark(std::string_view name, ImVec2 low, ImVec2 high, std::string_view text = {});
  /// Empty: not on screen in the last frame.
  static std::optional<ImVec4> find(std::string_view name);
  /// What is written there; empty: nothing, or not on screen.
  static std::string text(std::string_view name);
};

enum class Kind { primary, normal, quiet };
struct ButtonLook {
  Kind kind = Kind::normal;
  Icon icon = Icon::none;
  float width = 0;  ///< 0: as wide as its content
  bool enabled = true;
  const char* help = nullptr;  ///< tooltip; buttons with a sign alone need one
  bool strong = false;
};
/// `name` is the stable identity and the name for tests; `label` may be empty and may change.
bool button(const char* name, const char* label, const ButtonLook& look = {});

/// One of many: a field that opens a list. When true, the entries follow and then ImGui::EndCombo().
bool begin_choice(const char* name, const std::string& chosen, float width);
/// One of a few, all in view. Names its parts `name/label`.
bool segmented(const char* name, std::span<const char* const> labels, int& chosen, bool fill = false);
/// On or off, with its word; a press anywhere on it toggles.
bool toggle(const char* name, const char* label, bool& on);

/// [-] text [+]; -1, 0 or +1 as pressed. The text can be edited: `edited` then holds what was entered.
struct Stepped {
  int direction = 0;
  std::optional<std::string> edited;
};
Stepped stepper(const char* name, const std::string& text, float width);

/// A card: its heading, then what is drawn until end_card().
void begin_card(const char* name, const char* title);
void end_card();
/// Puts the cursor where a button with that label ends a card's heading line.
void heading_button_place(const char* label);

void muted(std::string_view text);          ///< one line
void sentence(std::string_view text);       ///< wrapped, quiet
void warning(std::string_view text);        ///< wrapped, with a sign
void tooltip(std::string_view text);        ///< for the item just drawn
void centered_note(std::string_view text);  ///< an empty state, in the middle of what room there is
/// A button under the centered note.
bool centered_button(const char* name, const char* label, const ButtonLook& look = {});
/// A class's name, its share as a bar, and the share in words, on a line of that width.
void draw_share(ImVec2 at, float width, const std::string& name, float share, ImU32 ink, ImU32 bar_color);
void label_value(const char* label, std::string_view value);
void text_at(ImDrawList& list, ImVec2 at, ImU32 color, std::string_view text);
constexpr float kSlant =
    1.05f;  ///< radians: steep enough that the last of several names stays beside its column
/// Text that runs up to the right from its lower left corner. ImGui writes level: the letters are turned
/// afterwards.
void slanted_text(ImDrawList& list, ImVec2 at, ImU32 color, const std::string& text);
/// What comes next stands beside the last item where `width` still fits on its line, else below.
void same_line_where_fits(float width, float gap);
/// Cut with an ellipsis where it is wider than `width`.
std::string fitted(std::string_view text, float width);
ImVec2 text_size(std::string_view text);
/// The upper left corner of cell `index` of a grid that is filled row by row; `step` leads to the next cell.
ImVec2 grid_place(ImVec2 corner, int index, int columns, ImVec2 step);
/// Window-local x where the content ends; ask before moving the cursor.
inline float right_edge() { return ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x; }

/// A thin bar, `share` from 0 to 1.
void progress_bar(float share, float width, float height, ImU32 color);

/// Height of buttons and fields: thumb-sized for fingers.
float control_height();

}  // namespace playground
