#pragma once
/// Where running text breaks into lines: at spaces only, and never between a number and its unit. ImGui's own
/// wrapping breaks after every point and comma, in the middle of a number.

#include <string>
#include <string_view>

namespace playground {

/// Whether a line may end at this space; the stars of markup (prose.h) are passed over.
bool may_break(std::string_view text, std::size_t space);
/// The text with line breaks, so that no line is wider than `width`; a word that is wider is cut.
std::string wrapped(std::string_view text, float width);
/// That text as an item, as wide as there is room; with `width`, at most that wide.
void wrapped_text(std::string_view text, float width = 0);

}  // namespace playground
