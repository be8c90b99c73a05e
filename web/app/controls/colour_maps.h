// How numbers become colours: tables of our own that people with any kind of colour blindness read the same
// way.
#pragma once

#include <array>
#include <cstdint>

#include "imgui.h"

namespace playground {

using Rgb = std::array<std::uint8_t, 3>;

/// From dark violet over blue and green to yellow, ever lighter; share from 0 to 1.
Rgb heat_colour(float share);
/// Orange below 0, blue above, near white at 0; value from -1 to 1.
Rgb signed_colour(float value);
Rgb grey_colour(float share);
/// One of ten classes: Okabe's and Ito's colours and four between them. Each also has a sign of its own.
ImU32 class_colour(int index);

inline ImU32 packed(Rgb c) { return IM_COL32(c[0], c[1], c[2], 255); }

/// A bar with its ends' values: what the colours mean.
enum class ColourMap { heat, signs, grey };
Rgb colour(ColourMap map, float share_or_value);
void draw_colour_legend(ColourMap map, float low, float high, float width);

}  // namespace playground
