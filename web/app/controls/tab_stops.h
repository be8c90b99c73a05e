#pragma once
/// Tab through the whole page: ImGui moves the focus from widget to widget in the order in which they are
/// drawn. This file handles what ImGui does not: where Tab enters and leaves the canvas, a focused widget
/// that vanishes, and the ring around the focused widget.

namespace playground {

enum class Leave { no, backward, forward };

class TabStops {
 public:
  /// Once a frame, after everything is drawn.
  static void end_frame();
  /// Whether the last Tab left the first or the last widget. The next frame resets it.
  static Leave leaves();
  /// Tab came from outside: focuses the first widget, or the last one if it came from behind.
  static void enter(bool from_behind);
};

}  // namespace playground
