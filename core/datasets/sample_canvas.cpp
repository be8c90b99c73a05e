#include "core/datasets/sample_canvas.h"

#include <algorithm>
#include <cmath>

namespace cnn {
namespace {

constexpr int kSubRows = 3;          // smooth edges: exact coverage along a row, three rows to a pixel
constexpr float kUnderside = 0.28f;  // how much darker a shape is at its lower edge than at its upper one

// Sixteen directions on the unit circle.
constexpr float kA = 0.92387953f, kB = 0.70710678f, kC = 0.38268343f;
constexpr Point kCircle[16] = {{1, 0},    {kA, kC},  {kB, kB},  {kC, kA},   {0, 1},     {-kC, kA},
                               {-kB, kB}, {-kA, kC}, {-1, 0},   {-kA, -kC}, {-kB, -kB}, {-kC, -kA},
                               {0, -1},   {kC, -kA}, {kB, -kB}, {kA, -kC}};

}  // namespace

Colour mix(Colour a, Colour b, float t) {
  return {a.r + t * (b.r - a.r), a.g + t * (b.g - a.g), a.b + t * (b.b - a.b)};
}

Colour shade(Colour c, float factor) { return {c.r * factor, c.g * factor, c.b * factor}; }

Pose Pose::turned(float half_tangent, Point pivot) const {
  const float norm = 1 + half_tangent * half_tangent;
  const float c = (1 - half_tangent * half_tangent) / norm, s = 2 * half_tangent / norm;
  Pose turned{xx * c + xy * s, xy * c - xx * s, yx * c + yy * s, yy * c - yx * s, {0, 0}};
  const Point before = (*this)(pivot), after = turned(pivot);
  turned.origin = {before.x - after.x, before.y - after.y};
  return turned;
}

void SampleCanvas::background(Colour top, Colour bottom) { ground(0, top, bottom); }

void SampleCanvas::ground(float from, Colour top, Colour bottom) {
  const float height = std::max(1.0f, static_cast<float>(kSide) - from);
  for (int y = std::max(0, static_cast<int>(from)); y < kSide; ++y) {
    const Colour row = mix(top, bottom, (static_cast<float>(y) - from) / height);
    std::fill_n(pixels_.begin() + y * kSide, kSide, row);
  }
}

void SampleCanvas::polygon(const Pose& pose, std::initializer_list<Point> points, Colour colour,
                           float opacity) {
  std::array<Point, 8> placed;
  const std::size_t n = std::min(points.size(), placed.size());
  std::transform(points.begin(), points.begin() + n, placed.begin(), pose);
  fill({placed.data(), n}, colour, opacity);
}

void SampleCanvas::ellipse(const Pose& pose, Point centre, float rx, float ry, Colour colour, float opacity) {
  std::array<Point, 16> placed;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    placed[i] = pose({centre.x + rx * kCircle[i].x, centre.y + ry * kCircle[i].y});
  }
  fill(placed, colour, opacity);
}

void SampleCanvas::stroke(const Pose& pose, Point from, Point to, float from_radius, float to_radius,
                          Colour colour, float opacity) {
  // The outline: of each end's circle the half that looks away from the other end.
  const float dx = to.x - from.x, dy = to.y - from.y;
  std::array<Point, 18> placed;
  std::size_t n = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const bool at_end = kCircle[i].x * dx + kCircle[i].y * dy > 0;
    const Point& end = at_end ? to : from;
    const float radius = at_end ? to_radius : from_radius;
    placed[n++] = pose({end.x + radius * kCircle[i].x, end.y + radius * kCircle[i].y});
  }
  fill({placed.data(), n}, colour, opacity);
}

void SampleCanvas::fill(std::span<const Point> points, Colour colour, float opacity) {
  float top = points[0].y, bottom = points[0].y;
  for (const Point& p : points) top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  const int first = std::max(0, static_cast<int>(std::floor(top)));
  const int last = std::min(kSide - 1, static_cast<int>(std::floor(bottom)));
  const float height = std::max(bottom - top, 1e-3f);
  for (int y = first; y <= last; ++y) {
    std::array<float, kImageSide> coverage{};
    int from = kSide, to = -1;
    for (int sub = 0; sub < kSubRows; ++sub) {
      const float line = static_cast<float>(y) + (static_cast<float>(sub) + 0.5f) / kSubRows;
      float left = static_cast<float>(kSide),
            right = 0;  // convex: one interval, from the first crossing to the last
      for (std::size_t i = 0; i < points.size(); ++i) {
        const Point& p = points[i];
        const Point& q = points[i + 1 == points.size() ? 0 : i + 1];
        if ((p.y <= line) == (q.y <= line)) continue;
        const float x = p.x + (line - p.y) / (q.y - p.y) * (q.x - p.x);
        left = std::min(left, x), right = std::max(right, x);
      }
      left = std::max(left, 0.0f), right = std::min(right, static_cast<float>(kSide));
      if (left >= right) continue;
      const int x0 = static_cast<int>(left), x1 = std::min(kSide - 1, static_cast<int>(right));
      for (int x = x0; x <= x1; ++x) {
        const float pixel = static_cast<float>(x);
        coverage[static_cast<std::size_t>(x)] +=
            (std::min(right, pixel + 1) - std::max(left, pixel)) * (1.0f / kSubRows);
      }
      from = std::min(from, x0), to = std::max(to, x1);
    }
    const float depth = (static_cast<float>(y) + 0.5f - top) / height;
    const Colour lit = shade(colour, 1 + kUnderside * (0.4f - depth));
    for (int x = from; x <= to; ++x) {
      Colour& pixel = pixels_[static_cast<std::size_t>(y * kSide + x)];
      pixel = mix(pixel, lit, opacity * coverage[static_cast<std::size_t>(x)]);
    }
  }
}

void SampleCanvas::noise(RandomStream& random, float grain, float blotches) {
  constexpr int kCell = 4, kCells = kSide / kCell + 1;
  std::array<float, kCells * kCells> coarse;
  for (float& value : coarse) value = random.uniform(-blotches, blotches);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const float* cell = &coarse[static_cast<std::size_t>(y / kCell * kCells + x / kCell)];
      const float u = static_cast<float>(x % kCell) / kCell, v = static_cast<float>(y % kCell) / kCell;
      const float above = cell[0] + u * (cell[1] - cell[0]);
      const float below = cell[kCells] + u * (cell[kCells + 1] - cell[kCells]);
      const float blotch = above + v * (below - above);
      const std::uint32_t bits = random.next_u32();
      const auto byte = [bits](int i) {
        return static_cast<float>((bits >> (8 * i)) & 255) * (1 / 127.5f) - 1;
      };
      const float common = byte(3);  // sensors' noise is mostly the same in the three channels
      Colour& pixel = pixels_[static_cast<std::size_t>(y * kSide + x)];
      pixel.r += blotch + grain * (common + 0.5f * byte(0));
      pixel.g += blotch + grain * (common + 0.5f * byte(1));
      pixel.b += blotch + grain * (common + 0.5f * byte(2));
    }
  }
}

void SampleCanvas::store(float contrast, float brightness, std::uint8_t* image) const {
  const auto to_byte = [&](float value) {
    const float scaled = ((value - 0.5f) * contrast + 0.5f + brightness) * 255 + 0.5f;
    return static_cast<std::uint8_t>(std::min(255.0f, std::max(0.0f, scaled)));
  };
  constexpr std::size_t plane = kImageSide * kImageSide;
  for (std::size_t i = 0; i < plane; ++i) {
    image[i] = to_byte(pixels_[i].r);
    image[plane + i] = to_byte(pixels_[i].g);
    image[2 * plane + i] = to_byte(pixels_[i].b);
  }
}

}  // namespace cnn
