#pragma once
/// Controls of the chapters and the Inside tab: maps of numbers as pictures, picking a cell, sliders.

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

/// The numbers shown as black and as white.
struct Tone {
  float low = 0, high = 1;
};
/// From the smallest to the largest; with numbers of both signs zero is mid-gray.
Tone tone_of(std::span<const float> values);

/// Maps of up to 32 x 32 numbers as one texture.
class MapAtlas {
 public:
  explicit MapAtlas(int capacity) : atlas_(capacity) {}
  void begin() { rgb_.clear(), sizes_.clear(); }
  /// Adds one channel of [height, width, channels]. Maps are numbered from 0 in the order they are added.
  void add(std::span<const float> values, int height, int width, int channels, int channel, Tone tone);
  /// Adds a color picture [32, 32, 3] from 0 to 1, of which the upper left part is shown.
  void add_rgb(std::span<const float> values, int height = kPictureSide, int width = kPictureSide);
  void end();
  void draw(ImDrawList& list, int index, ImVec2 low, ImVec2 high) const;

 private:
  PictureAtlas atlas_;
  std::vector<std::uint8_t> rgb_;
  std::vector<ImVec2> sizes_;
};

/// Reserves a grid of cells. The pointer or finger sets `at` to the cell under it; the arrow keys move it
/// while the grid has the keyboard focus. True if `at` changed.
bool pick_cell(const char* name, int height, int width, float cell, Cell& at);
/// The same with a map drawn into it; `side` is its longer side.
bool draw_map(const char* name, const MapAtlas& atlas, int index, int height, int width, float side,
              Cell& at);
ImU32 gray(float value, Tone tone);
/// A text color that is readable on that gray.
ImU32 ink_on_gray(float value, Tone tone);
/// The outline of cells on a map whose corner is `low`; it may reach outside the map, over padding.
void outline_cells(ImVec2 low, float cell, int row, int column, int rows, int columns, ImU32 color);

/// A label in front of a control, which starts `width` to the right of the label's start.
void control_label(const char* words, float width);
/// A slider with its value and label. True if the value changed. Width 0: chosen automatically.
bool slider(const char* name, const char* label, float& value, float low, float high, float width = 0);
bool slider(const char* name, const char* label, int& value, int low, int high, float width = 0);
/// The same for powers of ten: the displayed value is 10 to the exponent.
bool power_slider(const char* name, const char* label, float& exponent, float low, float high);

/// The mean over the colors: [n, 32, 32, 3] as [n, 32, 32, 1].
std::vector<float> gray_values(std::span<const float> color);

/// "-0.25", "1", with a real minus sign and at most `digits` decimals.
std::string number_text(double value, int digits = 2);

}  // namespace playground
