#pragma once
/// Color maps for numbers, readable with any kind of color blindness.

#include <array>
#include <cstdint>

#include "imgui.h"

namespace playground {

using Rgb = std::array<std::uint8_t, 3>;

/// From dark violet over blue and green to yellow, with increasing lightness; share from 0 to 1.
Rgb heat_color(float share);
/// Orange below 0, blue above, near white at 0; value from -1 to 1.
Rgb signed_color(float value);
Rgb gray_color(float share);
/// The color of one of ten classes: those of Okabe and Ito and four between them. Each class also has its own
/// marker.
ImU32 class_color(int index);

inline ImU32 packed(Rgb c) { return IM_COL32(c[0], c[1], c[2], 255); }

enum class ColorMap { heat, signs, gray };
Rgb color(ColorMap map, float share_or_value);
/// The color map as a bar, with the values at its ends.
void draw_color_legend(ColorMap map, float low, float high, float width);

}  // namespace playground
