// The palettes: contrast of text and of what one must see to act.
#include "web/app/controls/theme.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"

using namespace playground;

TEST_SUITE_BEGIN("web/theme");

namespace {

/// Relative luminance (WCAG 2.2).
double luminance(ImU32 color) {
  const auto linear = [](ImU32 byte) {
    const double share = static_cast<double>(byte & 0xFF) / 255;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color >> IM_COL32_R_SHIFT) + 0.7152 * linear(color >> IM_COL32_G_SHIFT) +
         0.0722 * linear(color >> IM_COL32_B_SHIFT);
}

double contrast(ImU32 a, ImU32 b) {
  const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
  return (light + 0.05) / (dark + 0.05);
}

}  // namespace

TEST_CASE("theme: black on white has a contrast of 21") {
  CHECK(contrast(IM_COL32_BLACK, IM_COL32_WHITE) == doctest::Approx(21));
  CHECK(contrast(IM_COL32_WHITE, IM_COL32_WHITE) == doctest::Approx(1));
}

TEST_CASE("theme: text has a contrast of 4.5, what one must see to act one of 3, in both palettes") {
  test::HeadlessGui gui;
  for (const bool dark_colors : {false, true}) {
    apply_theme(dark_colors, 16);
    const Palette& p = palette();
    CAPTURE(dark_colors);
    for (const ImU32 behind : {p.page, p.panel, p.control}) {
      CAPTURE(behind);
      CHECK(contrast(p.text, behind) >= 4.5);
      CHECK(contrast(p.muted, behind) >= 4.5);
      CHECK(contrast(p.wrong, behind) >= 4.5);
      CHECK(contrast(p.right, behind) >= 4.5);
      CHECK(contrast(p.notice, behind) >= 4.5);
      CHECK(contrast(p.accent, behind) >= 4.5);
      CHECK(contrast(p.faint, behind) >= 3);
      CHECK(contrast(p.train, behind) >= 3);
      CHECK(contrast(p.validation, behind) >= 3);
      CHECK(contrast(p.focus, behind) >= 3);
      CHECK(contrast(p.handle, behind) >= 3);
      for (const ImGuiCol grab :
           {ImGuiCol_ScrollbarGrab, ImGuiCol_ScrollbarGrabHovered, ImGuiCol_ScrollbarGrabActive,
            ImGuiCol_SliderGrab, ImGuiCol_SliderGrabActive})
        CHECK(contrast(ImGui::GetColorU32(ImGui::GetStyle().Colors[grab]), behind) >= 3);
    }
    for (const ImU32 pressed : {p.control_hover, p.control_active}) CHECK(contrast(p.text, pressed) >= 4.5);
    for (const ImU32 button : {p.accent, p.accent_hover, p.accent_active})
      CHECK(contrast(p.on_accent, button) >= 4.5);
    for (const ImU32 run : p.runs) CHECK(contrast(run, p.panel) >= 3);
  }
}

TEST_SUITE_END();
