// How numbers become colors: tables of our own that people with any kind of color blindness read the same
// way.
#pragma once

#include <array>
#include <cstdint>

#include "imgui.h"

namespace playground {

using Rgb = std::array<std::uint8_t, 3>;

/// From dark violet over blue and green to yellow, ever lighter; share from 0 to 1.
Rgb heat_color(float share);
/// Orange below 0, blue above, near white at 0; value from -1 to 1.
Rgb signed_color(float value);
Rgb gray_color(float share);
/// One of ten classes: Okabe's and Ito's colors and four between them. Each also has a sign of its own.
ImU32 class_color(int index);

inline ImU32 packed(Rgb c) { return IM_COL32(c[0], c[1], c[2], 255); }

/// A bar with its ends' values: what the colors mean.
enum class ColorMap { heat, signs, gray };
Rgb color(ColorMap map, float share_or_value);
void draw_color_legend(ColorMap map, float low, float high, float width);

}  // namespace playground
