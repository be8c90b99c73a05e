#pragma once
/// Shared state of touch input and widgets. A moving finger scrolls, unless it started on a draggable widget:
/// a slider, a plot, the handle of a block.

namespace playground {

/// The keyboard that a phone shows.
enum class Keyboard { text, decimal, numeric };

class Touch {
 public:
  /// Once a frame, before anything is drawn.
  static void begin_frame();
  /// Call after a draggable widget.
  static void claim_drag_if_hovered();
  /// A draggable widget is under the pointer in this frame.
  static bool draggable();

  /// Reports that two fingers spread by this factor since the last frame; 1: no pinch.
  static void pinch(float factor);
  /// Takes the pinch of this frame; later callers get 1. A pinch that no widget takes zooms the whole page.
  static float take_pinch();

  /// A text field that is edited in this frame wants this keyboard.
  static void use_keyboard(Keyboard keyboard);
  static Keyboard keyboard();

  /// Coarse: the primary pointer is a finger, and targets are thumb-sized.
  static void set_coarse(bool coarse);
  static bool coarse();
};

}  // namespace playground
