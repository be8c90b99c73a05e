#pragma once
/// Which widgets are where. Tests press widgets by these names, and Tab walks through them (tab_stops.h).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"

namespace playground {

/// A named widget or drawing of the last frame.
struct Widget {
  std::string name, text;
  ImVec2 low, high;            ///< all of it
  ImVec2 clip_low, clip_high;  ///< where it may be drawn: its window and narrower parts of it
  unsigned item = 0;           ///< ImGui's id; 0: it is drawn only
  unsigned window = 0;         ///< ImGui's id of the window
  int flags = 0;               ///< ImGui's ImGuiItemFlags

  ImVec4 seen() const;  ///< the visible part: left, top, width, height; not positive: scrolled out of view
  /// Tab stops there.
  bool tab_stop() const;
};

/// Rectangles and texts of named widgets, for tests. An entry is valid for the frame that drew it.
class WidgetRects {
 public:
  static void begin_frame();
  /// Names the item just drawn.
  static void mark(std::string_view name, std::string_view text = {});
  /// Names a drawing.
  static void mark(std::string_view name, ImVec2 low, ImVec2 high, std::string_view text = {});
  /// The visible part. Nothing if it was not on screen in the last frame.
  static std::optional<ImVec4> find(std::string_view name);
  /// The topmost widget on screen with this text.
  static std::optional<ImVec4> find_text(std::string_view text);
  /// Empty if it has no text or was not on screen.
  static std::string text(std::string_view name);
  /// All that were on screen in the last frame.
  static std::vector<std::string> names();
  /// All of the last frame in the order in which they were drawn, also those that are scrolled out of view.
  static std::vector<Widget> all();
};

}  // namespace playground
