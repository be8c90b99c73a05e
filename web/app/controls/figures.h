// What the chapters draw with: maps of numbers as pictures, a window over them, numbers in a grid, sliders.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "imgui.h"
#include "web/app/state/pictures.h"

namespace playground {

/// A cell of a map: row and column.
struct Cell {
  int row = 0, column = 0;
  friend bool operator==(const Cell&, const Cell&) = default;
};

/// How numbers become gray.
struct Tone {
  float low = 0, high = 1;  ///< black and white
};
/// From the smallest to the largest; with numbers of both signs zero is mid-gray.
Tone tone_of(std::span<const float> values);

/// Maps of up to 32 x 32 numbers as one texture.
class MapAtlas {
 public:
  explicit MapAtlas(int capacity) : atlas_(capacity) {}
  void begin() { rgb_.clear(), sizes_.clear(); }
  /// A map out of [height, width, channels]; its number is the count of those before.
  void add(std::span<const float> values, int height, int width, int channels, int channel, Tone tone);
  /// A color picture [32, 32, 3] from 0 to 1, of which the upper left part is shown.
  void add_rgb(std::span<const float> values, int height = kPictureSide, int width = kPictureSide);
  void end();
  void draw(ImDrawList& list, int index, ImVec2 low, ImVec2 high) const;

 private:
  PictureAtlas atlas_;
  std::vector<std::uint8_t> rgb_;
  std::vector<ImVec2> sizes_;
};

/// Reserves cells and gives the one under the pointer or finger; the arrow keys move `at` while it has the
/// keyboard's focus. True: `at` changed.
bool pick_cell(const char* name, int height, int width, float cell, Cell& at);
/// The same with the map in it, its longer side `side`.
bool draw_map(const char* name, const MapAtlas& atlas, int index, int height, int width, float side,
              Cell& at);
ImU32 gray(float value, Tone tone);
/// Text that can be read on that gray.
ImU32 ink_on_gray(float value, Tone tone);
/// The outline of cells on a map whose corner is `low`; it may reach outside the map, over padding.
void outline_cells(ImVec2 low, float cell, int row, int column, int rows, int columns, ImU32 color);

/// What a control is, before it on its line; the control follows `width` further right.
void control_label(const char* words, float width);
/// A slider, its value and what it is. True: changed. Without a width as wide as looks well.
bool slider(const char* name, const char* label, float& value, float low, float high, float width = 0);
bool slider(const char* name, const char* label, int& value, int low, int high, float width = 0);
/// The same over powers of ten: what is said is 10 to the exponent.
bool power_slider(const char* name, const char* label, float& exponent, float low, float high);

/// The mean over the colors: [n, 32, 32, 3] as [n, 32, 32, 1].
std::vector<float> gray_values(std::span<const float> color);

/// "-0.25", "1", with a real minus sign and at most `digits` decimals.
std::string number_text(double value, int digits = 2);

}  // namespace playground
