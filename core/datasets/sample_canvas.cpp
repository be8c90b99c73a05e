#include "core/datasets/sample_canvas.h"

#include <algorithm>
#include <cmath>

namespace cnn {
namespace {

constexpr int kSubRows = 3;          // smooth edges: exact coverage along a row, three lines per pixel
constexpr int kLanes = 4;            // pixels per instruction, on any vector unit
constexpr float kUnderside = 0.28f;  // how much darker a shape is at its lower edge than at its upper one

/// Sixteen directions on the unit circle.
constexpr float kA = 0.92387953f, kB = 0.70710678f, kC = 0.38268343f;
constexpr Point kCircle[16] = {{1, 0},    {kA, kC},  {kB, kB},  {kC, kA},   {0, 1},     {-kC, kA},
                               {-kB, kB}, {-kA, kC}, {-1, 0},   {-kA, -kC}, {-kB, -kB}, {-kC, -kA},
                               {0, -1},   {kC, -kA}, {kB, -kB}, {kA, -kC}};

constexpr int kLines = static_cast<int>(kImageSide) * kSubRows;

/// Vertical position of each line, in pixels.
constexpr std::array<float, kLines> kLineAt = [] {
  std::array<float, kLines> at{};
  for (int n = 0; n < kLines; ++n) {
    const int row = n / kSubRows;
    at[static_cast<std::size_t>(n)] =
        static_cast<float>(row) + (static_cast<float>(n % kSubRows) + 0.5f) / kSubRows;
  }
  return at;
}();

}  // namespace

Color mix(Color a, Color b, float t) {
  return {a.r + t * (b.r - a.r), a.g + t * (b.g - a.g), a.b + t * (b.b - a.b)};
}

Color shade(Color c, float factor) { return {c.r * factor, c.g * factor, c.b * factor}; }

Pose Pose::turned(float half_tangent, Point pivot) const {
  const float norm = 1 + half_tangent * half_tangent;
  const float c = (1 - half_tangent * half_tangent) / norm, s = 2 * half_tangent / norm;
  Pose turned{xx * c + xy * s, xy * c - xx * s, yx * c + yy * s, yy * c - yx * s, {0, 0}};
  const Point before = (*this)(pivot), after = turned(pivot);
  turned.origin = {before.x - after.x, before.y - after.y};
  return turned;
}

void SampleCanvas::background(Color top, Color bottom) { ground(0, top, bottom); }

void SampleCanvas::ground(float from, Color top, Color bottom) {
  const float height = std::max(1.0f, static_cast<float>(kSide) - from);
  for (int y = std::max(0, static_cast<int>(from)); y < kSide; ++y) {
    const Color row = mix(top, bottom, (static_cast<float>(y) - from) / height);
    std::fill_n(&red_[row_at(y)], kSide, row.r);
    std::fill_n(&green_[row_at(y)], kSide, row.g);
    std::fill_n(&blue_[row_at(y)], kSide, row.b);
  }
}

void SampleCanvas::polygon(const Pose& pose, std::initializer_list<Point> points, Color color,
                           float opacity) {
  std::array<Point, 8> placed;
  const std::size_t n = std::min(points.size(), placed.size());
  std::transform(points.begin(), points.begin() + n, placed.begin(), pose);
  fill({placed.data(), n}, color, opacity);
}

void SampleCanvas::ellipse(const Pose& pose, Point center, float rx, float ry, Color color, float opacity) {
  std::array<Point, 16> placed;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    placed[i] = pose({center.x + rx * kCircle[i].x, center.y + ry * kCircle[i].y});
  }
  fill(placed, color, opacity);
}

void SampleCanvas::stroke(const Pose& pose, Point from, Point to, float from_radius, float to_radius,
                          Color color, float opacity) {
  // The outline: the half of each end's circle that faces away from the other end.
  const float dx = to.x - from.x, dy = to.y - from.y;
  std::array<Point, 18> placed;
  std::size_t n = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const bool at_end = kCircle[i].x * dx + kCircle[i].y * dy > 0;
    const Point& end = at_end ? to : from;
    const float radius = at_end ? to_radius : from_radius;
    placed[n++] = pose({end.x + radius * kCircle[i].x, end.y + radius * kCircle[i].y});
  }
  fill({placed.data(), n}, color, opacity);
}

void SampleCanvas::fill(std::span<const Point> points, Color color, float opacity) {
  float top = points[0].y, bottom = points[0].y;
  for (const Point& p : points) top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  const int first = std::max(0, static_cast<int>(std::floor(top)));
  const int last = std::min(kSide - 1, static_cast<int>(std::floor(bottom)));
  if (first > last) return;
  // The shape is convex: each line meets it in one interval, from the first crossing to the last.
  constexpr float kWhole = static_cast<float>(kSide);
  std::array<float, kLines> left, right;
  const int first_line = first * kSubRows;
  const auto end_line = static_cast<std::size_t>((last + 1) * kSubRows);
  std::fill(&left[0] + first_line, &left[0] + end_line, kWhole);
  std::fill(&right[0] + first_line, &right[0] + end_line, 0.0f);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Point& p = points[i];
    const Point& q = points[i + 1 == points.size() ? 0 : i + 1];
    const float upper = std::min(p.y, q.y), lower = std::max(p.y, q.y);
    auto n = static_cast<std::size_t>(std::max(first_line, static_cast<int>(upper * kSubRows) - 1));
    while (n < end_line && kLineAt[n] < upper) ++n;
    for (; n < end_line && kLineAt[n] < lower; ++n) {
      const float x = p.x + (kLineAt[n] - p.y) / (q.y - p.y) * (q.x - p.x);
      left[n] = std::min(left[n], x), right[n] = std::max(right[n], x);
    }
  }
  const float height = std::max(bottom - top, 1e-3f);
  for (int y = first; y <= last; ++y) {
    float from = kWhole, to = 0;
    for (int n = y * kSubRows; n < (y + 1) * kSubRows; ++n) {
      const auto at = static_cast<std::size_t>(n);
      left[at] = std::max(left[at], 0.0f), right[at] = std::min(right[at], kWhole);
      from = std::min(from, left[at]), to = std::max(to, right[at]);
    }
    if (from >= to) continue;
    const float depth = (static_cast<float>(y) + 0.5f - top) / height;
    const Color lit = shade(color, 1 + kUnderside * (0.4f - depth));
    const float* l = &left[static_cast<std::size_t>(y * kSubRows)];
    const float* r = &right[static_cast<std::size_t>(y * kSubRows)];
    // Four pixels at once; pixels outside the shape have coverage 0 and do not change.
    for (int x = static_cast<int>(from) / kLanes * kLanes; static_cast<float>(x) < to; x += kLanes) {
      const std::size_t at = row_at(y) + static_cast<std::size_t>(x);
      float share[kLanes];
      for (int k = 0; k < kLanes; ++k) {
        const float pixel = static_cast<float>(x + k);
        float coverage = 0;
        for (int sub = 0; sub < kSubRows; ++sub)
          coverage +=
              std::max(0.0f, std::min(r[sub], pixel + 1) - std::max(l[sub], pixel)) * (1.0f / kSubRows);
        share[k] = opacity * coverage;
      }
      for (std::size_t k = 0; k < kLanes; ++k) red_[at + k] += share[k] * (lit.r - red_[at + k]);
      for (std::size_t k = 0; k < kLanes; ++k) green_[at + k] += share[k] * (lit.g - green_[at + k]);
      for (std::size_t k = 0; k < kLanes; ++k) blue_[at + k] += share[k] * (lit.b - blue_[at + k]);
    }
  }
}

void SampleCanvas::noise(RandomStream& random, float grain, float blotches) {
  constexpr int kCell = 4, kCells = kSide / kCell + 1;
  std::array<float, kCells * kCells> coarse;
  for (float& value : coarse) value = random.uniform(-blotches, blotches);
  std::array<std::uint32_t, kImageSide> bits;
  std::array<float, kImageSide> blotch;
  for (int y = 0; y < kSide; ++y) {
    const float v = static_cast<float>(y % kCell) / kCell;
    for (int x = 0; x < kSide; ++x) {
      const float* cell = &coarse[static_cast<std::size_t>(y / kCell * kCells + x / kCell)];
      const float u = static_cast<float>(x % kCell) / kCell;
      const float above = cell[0] + u * (cell[1] - cell[0]);
      const float below = cell[kCells] + u * (cell[kCells + 1] - cell[kCells]);
      blotch[static_cast<std::size_t>(x)] = above + v * (below - above);
    }
    for (std::uint32_t& number : bits) number = random.next_u32();
    const std::size_t at = row_at(y);
    for (std::size_t x = 0; x < kImageSide; ++x) {
      const auto byte = [&](int i) {
        return static_cast<float>(static_cast<int>((bits[x] >> (8 * i)) & 255)) * (1 / 127.5f) - 1;
      };
      const float common = byte(3);  // sensor noise is mostly the same in all three channels
      red_[at + x] += blotch[x] + grain * (common + 0.5f * byte(0));
      green_[at + x] += blotch[x] + grain * (common + 0.5f * byte(1));
      blue_[at + x] += blotch[x] + grain * (common + 0.5f * byte(2));
    }
  }
}

void SampleCanvas::store(float contrast, float brightness, std::uint8_t* image) const {
  for (const Plane* plane : {&red_, &green_, &blue_}) {
    for (const float value : *plane) {
      const float scaled = ((value - 0.5f) * contrast + 0.5f + brightness) * 255 + 0.5f;
      *image++ = static_cast<std::uint8_t>(static_cast<int>(std::min(255.0f, std::max(0.0f, scaled))));
    }
  }
}

}  // namespace cnn
