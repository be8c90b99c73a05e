#pragma once
/// Text as the app shows it: sentences, tooltips, values, shares,
/// and what is measured of text before it is drawn.

#include <string>
#include <string_view>

#include "imgui.h"
#include "web/app/controls/theme.h"

namespace playground {

void muted(std::string_view text);     ///< one line
void sentence(std::string_view text);  ///< wrapped, quiet
void warning(std::string_view text);   ///< wrapped, with a warning sign
void tooltip(std::string_view text);   ///< of the last item
/// A tooltip of the last item, about that large, below or above it: what stands beside it stays readable. If
/// true, draw it, then call ImGui::EndTooltip().
bool begin_tooltip(ImVec2 size);
void centered_note(std::string_view text);  ///< an empty state, centered in the remaining space
/// A class name, its share as a bar, and the share as text, on one line.
void draw_share(ImVec2 at, float width, const std::string& name, float share, ImU32 ink, ImU32 bar_color);
void label_value(const char* label, std::string_view value);
void text_at(ImDrawList& list, ImVec2 at, ImU32 color, std::string_view text);
/// Radians: steep enough that the last of several names stays beside its column.
constexpr float kSlant = 1.05f;
/// Text that runs up to the right from its lower left corner. ImGui only draws horizontal text, so the
/// vertices are rotated afterwards.
void slanted_text(ImDrawList& list, ImVec2 at, ImU32 color, const std::string& text);
/// The text, cut off with an ellipsis if it is wider than `width`.
std::string fitted(std::string_view text, float width);
ImVec2 text_size(std::string_view text);
/// A thin bar, `share` from 0 to 1.
void progress_bar(float share, float width, float height, ImU32 color);

}  // namespace playground
