// The look: two palettes, one set of measures, two weights of one typeface. Colors come from here and
// nowhere else.
#pragma once

#include <array>

#include "imgui.h"

namespace playground {

/// Train is blue and validation orange, right is blue and wrong orange: pairs that people with any kind of
/// color blindness tell apart (Okabe and Ito), and each also differs in shape or word.
struct Palette {
  ImU32 page, panel, control, control_hover, control_active, line;
  ImU32 text, muted, faint;
  ImU32 accent, accent_hover, accent_active, on_accent;
  ImU32 train, validation, right, wrong, notice;
  std::array<ImU32, 8> runs;
};

enum class ThemeChoice { system, light, dark };

const Palette& palette();
bool dark();

/// Sets palette and ImGui's style; em is the size of running text in CSS pixels.
void apply_theme(bool dark_colors, float em);
/// Loads the typeface that the build embeds. Without it (tests) ImGui's own font stays.
void load_fonts();

/// Headings and buttons; size in multiples of the running text.
void push_strong(float size = 1);
void push_size(float size);
void pop_font();

ImU32 with_alpha(ImU32 color, float alpha);
ImU32 mix(ImU32 from, ImU32 to, float share);
inline float em() { return ImGui::GetFontSize(); }
/// A hairline that stays one device pixel or more at every zoom.
float hairline();

}  // namespace playground
