#pragma once
/// Icons drawn as shapes, sharp at every scale. Each comes with a word, beside it or as its tooltip.

#include "imgui.h"

namespace playground {

enum class Icon {
  none,
  play,
  pause,
  stop,
  step,
  reset,
  plus,
  minus,
  cross,
  check,
  copy,
  trash,
  handle,
  undo,
  redo,
  sun,
  moon,
  contrast,
  question,
  link,
  download,
  chevron_down,
  chevron_right,
  up,
  down,
  menu,
  pen
};

/// Draws in a square around the center.
void draw_icon(ImDrawList& list, Icon icon, ImVec2 center, float side, ImU32 color);

}  // namespace playground
