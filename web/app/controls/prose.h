// Text set for reading: lines with some air, at most about 70 characters long, strong words, formulae with
// indices. The markup is Passage's (chapter.h).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "imgui.h"
#include "web/app/learn/chapter.h"

namespace playground {

/// Widest comfortable line, in em.
constexpr float kMeasure = 33;

/// At the cursor, wrapped to `width`; size in multiples of the running text.
void draw_markup(std::string_view text, float width, float size, ImU32 color);
/// The same on a ground of its own.
void draw_formula(std::string_view text, float width);
void draw_passages(std::span<const Passage> passages, float width);
/// Without its marks: "x^{2}" as "x^2".
std::string plain_words(std::string_view markup);

/// All chapters for the page's plain form: [{name, title, lead, text: [{kind, cells: [[[style, text],
/// ...]]}], experiments: [{name, label, help, hash, preset or config, fit}]}]; kind is "words", "heading",
/// "formula" or "row", style an HTML element's name or ""; only rows have more than one cell. An experiment
/// has its link, and what that says.
cnn::Json chapters_as_json();

}  // namespace playground
