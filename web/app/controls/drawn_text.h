#pragma once
/// What can be read on the canvas: the text of the frame that was drawn last, taken back from its triangles.
/// It has what a panel wrote by any way, and not what is clipped, scrolled out of view or covered by a popup.

#include <string>
#include <vector>

#include "imgui.h"

namespace playground {

/// Text on one line, in the order in which it was drawn. Slanted text is not among it.
struct DrawnText {
  std::string text;
  ImVec2 low, high;
};

std::vector<DrawnText> drawn_text();

}  // namespace playground
