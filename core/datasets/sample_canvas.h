#pragma once
/// Shapes on a picture, with which the sample pictures are drawn.

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "core/base/random.h"
#include "core/datasets/dataset.h"

namespace cnn {

/// Red, green, blue; 0 is dark and 1 is bright.
struct Color {
  float r, g, b;
};
Color mix(Color a, Color b, float share_of_b);
Color shade(Color c, float factor);

struct Point {
  float x, y;
};

/// Maps a figure's own coordinates (about -1 to 1, y down) to the canvas (pixels).
struct Pose {
  float xx = 1, xy = 0, yx = 0, yy = 1;  // columns: images of the unit vectors
  Point origin{0, 0};
  Point operator()(Point p) const { return {origin.x + xx * p.x + xy * p.y, origin.y + yx * p.x + yy * p.y}; }
  /// Rotated about `pivot` in the figure's own coordinates. half_tangent is tan(angle / 2): without a library
  /// sine, every machine draws the same bits.
  Pose turned(float half_tangent, Point pivot = {0, 0}) const;
};

/// A picture of 32 x 32 pixels. Convex shapes are painted over each other with smooth edges, in plain float
/// arithmetic in a fixed order: the same seed gives the same bytes everywhere.
class SampleCanvas {
 public:
  /// A linear gradient from the top color to the bottom color.
  void background(Color top, Color bottom);
  /// The same from row `from` (in pixels) down.
  void ground(float from, Color top, Color bottom);

  void polygon(const Pose& pose, std::initializer_list<Point> points, Color color, float opacity = 1);
  void ellipse(const Pose& pose, Point center, float radius_x, float radius_y, Color color,
               float opacity = 1);
  /// A stroke with round ends of radius `from_radius` and `to_radius`.
  void stroke(const Pose& pose, Point from, Point to, float from_radius, float to_radius, Color color,
              float opacity = 1);

  /// Grain per pixel and blotches a few pixels wide, both as shares of full scale.
  void noise(RandomStream& random, float grain, float blotches);
  /// Scales contrast about mid gray, adds brightness, and stores the red, green and blue plane.
  void store(float contrast, float brightness, std::uint8_t* image) const;

 private:
  void fill(std::span<const Point> points, Color color, float opacity);

  static constexpr int kSide = static_cast<int>(kImageSide);
  static std::size_t row_at(int y) { return static_cast<std::size_t>(y) * kImageSide; }
  using Plane = std::array<float, kImageSide * kImageSide>;
  Plane red_{}, green_{}, blue_{};  // separate planes, so that the compiler vectorizes
};

}  // namespace cnn
