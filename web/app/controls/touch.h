// What fingers need to know of widgets, and widgets of fingers. A finger that moves scrolls, unless it
// started on something that is moved itself: a slider, a plot, the handle of a block.
#pragma once

namespace playground {

class Touch {
 public:
  /// Once a frame, before anything is drawn.
  static void begin_frame();
  /// After a widget that wants the finger's movement for itself.
  static void claim_drag_if_hovered();
  static bool draggable();

  /// Two fingers spread by this factor since the last frame; 1: no pinch.
  static void pinch(float factor);
  /// That of this frame, which nobody else gets then; what nobody takes changes the size of the whole page.
  static float take_pinch();

  /// Targets are thumb-sized when the first pointer is a finger.
  static void set_coarse(bool coarse);
  static bool coarse();
};

}  // namespace playground
