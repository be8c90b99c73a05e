#pragma once
/// Running text: generous line spacing, lines of at most about 70 characters, strong words, formulas with
/// subscripts and superscripts.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"

namespace playground {

/// A piece of text. Markup: *words* are strong, x^{2} is a superscript and x_{i} a subscript. Consecutive
/// rows form a table; "|" separates their cells, of which the first is the widest.
struct Passage {
  enum Kind { words, heading, formula, row } kind;
  std::string_view text;
};

/// Widest comfortable line, in em.
constexpr float kMeasure = 33;

/// At the cursor, wrapped to `width`; size in multiples of the running text.
void draw_markup(std::string_view text, float width, float size, ImU32 color);
/// The same on its own background.
void draw_formula(std::string_view text, float width);
void draw_passages(std::span<const Passage> passages, float width);

/// A passage's cells; one unless it is a row.
std::vector<std::string_view> cells_of(const Passage& passage);
/// Text of one style, which is the name of an HTML element or "".
struct StyledText {
  const char* style;
  std::string text;
};
/// Markup as runs of one style each, spaces included.
std::vector<StyledText> styled_texts(std::string_view markup);

}  // namespace playground
