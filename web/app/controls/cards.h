#pragma once
/// Layout: parts that scroll, cards, and places in a line or a grid.

#include <string>

#include "imgui.h"
#include "web/app/controls/theme.h"

namespace playground {

/// A part of a panel with its own scrolling, until ImGui::EndChild().
/// Tab and arrows walk into it and out of it.
void begin_part(const char* name, ImVec2 size, ImGuiChildFlags flags = 0, ImGuiWindowFlags window = 0);
/// Until end_wide(): scrolls horizontally if `width` does not fit.
void begin_wide(const char* name, float width);
void end_wide();
/// A card, as wide as its window by default: its heading, then everything drawn until end_card().
void begin_card(const char* name, const char* title, float width = 0);
void end_card();
/// Width of a popup: `wanted` em, at most the page's width.
float popup_width(float wanted);
/// How far a quiet button extends to the left, so that its label aligns with the text.
float outdent(float wanted = 0.6f);
/// Places the cursor so that a button with this label ends the card's heading line.
void heading_button_place(const char* label);

/// That width, or what is left of the line.
float fitting_width(float wanted);
/// Places the next item on the line of the last one if `width` fits there, else below.
void same_line_where_fits(float width, float gap);
/// The upper left corner of cell `index` of a grid filled row by row; `step` is the distance between cells.
ImVec2 grid_place(ImVec2 corner, int index, int columns, ImVec2 step);
/// Window-local x of the content's right edge; call it before moving the cursor.
inline float right_edge() { return ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x; }

}  // namespace playground
