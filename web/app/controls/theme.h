#pragma once
/// The look: two palettes, one set of sizes, two weights of one typeface. All colors are defined here.

#include <array>

#include "imgui.h"

namespace playground {

/// Train is blue and validation orange, right is blue and wrong orange: pairs that are distinguishable with
/// any kind of color blindness (Okabe and Ito). Each pair also differs in shape or word.
/// On page, panel and controls, text has a contrast of 4.5:1, and what one must see to act one of 3:1
/// (WCAG 2.2, 1.4.3 and 1.4.11): `faint` is for strokes and shapes, never for text; `line` only separates.
/// `focus` is the ring around what has the keyboard, `handle` what one drags.
struct Palette {
  ImU32 page, panel, control, control_hover, control_active, line;
  ImU32 focus, handle;
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
/// Loads the embedded typeface. Builds without it (tests) use ImGui's own font.
void load_fonts();

/// The strong weight, for headings and buttons; size in multiples of the running text.
void push_strong(float size = 1);
void push_size(float size);
void pop_font();

/// While it lives, everything is drawn that much larger: text, controls and gaps.
class Enlarged {
 public:
  explicit Enlarged(float by);
  ~Enlarged();
  Enlarged(const Enlarged&) = delete;
  Enlarged& operator=(const Enlarged&) = delete;

 private:
  ImGuiStyle before_;
};

ImU32 with_alpha(ImU32 color, float alpha);
ImU32 mix(ImU32 from, ImU32 to, float share);
inline float em() { return ImGui::GetFontSize(); }
/// Width of the thinnest line: at least one device pixel at every zoom.
float hairline();

}  // namespace playground
