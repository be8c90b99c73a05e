#include "web/app/controls/icons.h"

#include <initializer_list>

namespace playground {
namespace {

/// Draws in coordinates from -1 to 1.
struct Pen {
  ImDrawList& list;
  ImVec2 center;
  float half;
  ImU32 color;

  ImVec2 at(float x, float y) const { return ImVec2(center.x + half * x, center.y + half * y); }
  float thick() const { return half * 0.24f; }
  void line(std::initializer_list<ImVec2> points, bool closed = false) const {
    for (const ImVec2& p : points) list.PathLineTo(at(p.x, p.y));
    list.PathStroke(color, closed ? ImDrawFlags_Closed : 0, thick());
  }
  void fill(std::initializer_list<ImVec2> points) const {
    for (const ImVec2& p : points) list.PathLineTo(at(p.x, p.y));
    list.PathFillConvex(color);
  }
  void box(float x0, float y0, float x1, float y1, float rounding = 0.15f) const {
    list.AddRectFilled(at(x0, y0), at(x1, y1), color, rounding * half);
  }
  void frame(float x0, float y0, float x1, float y1) const {
    list.AddRect(at(x0, y0), at(x1, y1), color, 0.18f * half, 0, thick());
  }
  void arc(float x, float y, float radius, float from, float to) const {
    list.PathArcTo(at(x, y), radius * half, from, to);
    list.PathStroke(color, 0, thick());
  }
};

void turning_arrow(const Pen& pen, float direction) {
  pen.arc(0, 0.1f, 0.72f, direction > 0 ? -2.5f : -0.64f - 4.9f, direction > 0 ? 2.4f : -0.64f);
  pen.fill({{-0.98f * direction, -0.86f}, {-0.15f * direction, -0.55f}, {-0.82f * direction, 0.02f}});
}

void bent_arrow(const Pen& pen, float d) {
  pen.line({{-0.75f * d, -0.25f},
            {0.2f * d, -0.25f},
            {0.62f * d, 0},
            {0.72f * d, 0.35f},
            {0.5f * d, 0.7f},
            {0.1f * d, 0.78f}});
  pen.line({{-0.3f * d, -0.75f}, {-0.8f * d, -0.25f}, {-0.3f * d, 0.25f}});
}

void rays(const Pen& pen) {
  pen.list.AddCircleFilled(pen.at(0, 0), 0.42f * pen.half, pen.color);
  for (const ImVec2 d : {ImVec2(1, 0), ImVec2(0.707f, 0.707f), ImVec2(0, 1), ImVec2(-0.707f, 0.707f),
                         ImVec2(-1, 0), ImVec2(-0.707f, -0.707f), ImVec2(0, -1), ImVec2(0.707f, -0.707f)})
    pen.line({{0.68f * d.x, 0.68f * d.y}, {0.98f * d.x, 0.98f * d.y}});
}

void crescent(const Pen& pen) {
  constexpr float kPi = 3.14159265f;
  pen.list.PathArcTo(pen.at(0, 0), 0.85f * pen.half, -0.35f * kPi, 1.15f * kPi);
  pen.list.PathArcTo(pen.at(-0.22f, -0.3f), 0.72f * pen.half, 1.02f * kPi, -0.2f * kPi);
  pen.list.PathFillConcave(pen.color);
}

}  // namespace

void draw_icon(ImDrawList& list, Icon icon, ImVec2 center, float side, ImU32 color) {
  const Pen pen{list, center, side / 2, color};
  constexpr float kPi = 3.14159265f;
  switch (icon) {
    case Icon::none:
      return;
    case Icon::play:
      return pen.fill({{-0.6f, -0.85f}, {0.85f, 0}, {-0.6f, 0.85f}});
    case Icon::pause:
      pen.box(-0.65f, -0.8f, -0.18f, 0.8f);
      return pen.box(0.18f, -0.8f, 0.65f, 0.8f);
    case Icon::stop:
      return pen.box(-0.68f, -0.68f, 0.68f, 0.68f, 0.2f);
    case Icon::step:
      pen.fill({{-0.75f, -0.8f}, {0.4f, 0}, {-0.75f, 0.8f}});
      return pen.box(0.45f, -0.8f, 0.78f, 0.8f);
    case Icon::reset:
      return turning_arrow(pen, 1);
    case Icon::plus:
      pen.line({{-0.7f, 0}, {0.7f, 0}});
      return pen.line({{0, -0.7f}, {0, 0.7f}});
    case Icon::minus:
      return pen.line({{-0.7f, 0}, {0.7f, 0}});
    case Icon::cross:
      pen.line({{-0.6f, -0.6f}, {0.6f, 0.6f}});
      return pen.line({{0.6f, -0.6f}, {-0.6f, 0.6f}});
    case Icon::check:
      return pen.line({{-0.75f, 0.05f}, {-0.2f, 0.6f}, {0.75f, -0.55f}});
    case Icon::copy:
      pen.frame(-0.3f, -0.3f, 0.8f, 0.85f);
      return pen.line({{-0.45f, 0.4f}, {-0.8f, 0.4f}, {-0.8f, -0.85f}, {0.3f, -0.85f}, {0.3f, -0.45f}});
    case Icon::trash:
      pen.line({{-0.8f, -0.55f}, {0.8f, -0.55f}});
      pen.line({{-0.3f, -0.6f}, {-0.25f, -0.85f}, {0.25f, -0.85f}, {0.3f, -0.6f}});
      return pen.line({{-0.6f, -0.5f}, {-0.5f, 0.85f}, {0.5f, 0.85f}, {0.6f, -0.5f}});
    case Icon::handle:
      for (const float y : {-0.6f, 0.0f, 0.6f})
        for (const float x : {-0.3f, 0.3f}) list.AddCircleFilled(pen.at(x, y), 0.16f * pen.half, color);
      return;
    case Icon::undo:
      return bent_arrow(pen, 1);
    case Icon::redo:
      return bent_arrow(pen, -1);
    case Icon::sun:
      return rays(pen);
    case Icon::moon:
      return crescent(pen);
    case Icon::contrast:
      list.AddCircle(pen.at(0, 0), 0.85f * pen.half, color, 0, pen.thick());
      list.PathArcTo(pen.at(0, 0), 0.85f * pen.half, -kPi / 2, kPi / 2);
      return list.PathFillConvex(color);
    case Icon::question:
      pen.arc(0, -0.38f, 0.46f, -kPi, 0.25f * kPi);
      pen.line({{0.34f, -0.08f}, {0, 0.2f}, {0, 0.42f}});
      return list.AddCircleFilled(pen.at(0, 0.82f), 0.17f * pen.half, color);
    case Icon::link:
      pen.arc(-0.38f, 0.38f, 0.42f, 0.1f * kPi, 1.4f * kPi);
      pen.arc(0.38f, -0.38f, 0.42f, 1.1f * kPi, 2.4f * kPi);
      return pen.line({{-0.3f, 0.3f}, {0.3f, -0.3f}});
    case Icon::download:
      pen.line({{0, -0.85f}, {0, 0.3f}});
      pen.line({{-0.45f, -0.12f}, {0, 0.36f}, {0.45f, -0.12f}});
      return pen.line({{-0.8f, 0.4f}, {-0.8f, 0.82f}, {0.8f, 0.82f}, {0.8f, 0.4f}});
    case Icon::chevron_down:
      return pen.line({{-0.6f, -0.3f}, {0, 0.35f}, {0.6f, -0.3f}});
    case Icon::chevron_right:
      return pen.line({{-0.3f, -0.6f}, {0.35f, 0}, {-0.3f, 0.6f}});
    case Icon::up:
      pen.line({{0, 0.8f}, {0, -0.7f}});
      return pen.line({{-0.55f, -0.2f}, {0, -0.75f}, {0.55f, -0.2f}});
    case Icon::down:
      pen.line({{0, -0.8f}, {0, 0.7f}});
      return pen.line({{-0.55f, 0.2f}, {0, 0.75f}, {0.55f, 0.2f}});
    case Icon::pen:
      pen.line({{-0.8f, 0.8f}, {-0.65f, 0.25f}, {0.4f, -0.8f}, {0.8f, -0.4f}, {-0.25f, 0.65f}}, true);
      return;
    case Icon::menu:
      for (const float y : {-0.7f, 0.0f, 0.7f}) list.AddCircleFilled(pen.at(0, y), 0.19f * pen.half, color);
      return;
  }
}

}  // namespace playground
