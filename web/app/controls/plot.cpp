#include "web/app/controls/plot.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// Data to pixels and back.
struct Frame {
  ImVec2 low, high;
  double x0, x1;
  Range y;
  bool logarithmic;

  double height_of(double value) const {
    if (!logarithmic) return (value - y.low) / (y.high - y.low);
    return std::log(std::max(value, y.low * 1e-3) / y.low) / std::log(y.high / y.low);
  }
  float px(double x) const { return low.x + static_cast<float>((x - x0) / (x1 - x0)) * (high.x - low.x); }
  float py(double value) const {
    return high.y - static_cast<float>(std::clamp(height_of(value), -3.0, 4.0)) * (high.y - low.y);
  }
  double data_x(float pixel) const {
    return x0 + (x1 - x0) * static_cast<double>((pixel - low.x) / (high.x - low.x));
  }
};

std::string axis_text(const PlotSpec& spec, double value, double step) {
  if (spec.percent) return tick_text(100 * value, 100 * step) + " %";
  return tick_text(value, step);
}

constexpr float kSwatch = 1.1f, kSwatchGap = 0.35f, kLegendGap = 0.9f;  // em

bool in_legend(const PlotLine& line) { return !line.behind && !line.thin; }

float legend_width(const PlotLine& line, float room) {
  return std::min((kSwatch + kSwatchGap) * em() + text_size(line.name).x, room);
}
float legend_height() { return Touch::coarse() ? control_height() : 1.4f * em(); }

/// A line's name in the legend; a press on it hides or shows the line.
void draw_name(const PlotSpec& spec, PlotView& view, const PlotLine& line, ImVec2 at, float room) {
  const float swatch = kSwatch * em(), gap = kSwatchGap * em();
  const ImVec2 text = text_size(line.name);
  ImGui::SetCursorPos(at);
  const bool hidden = view.hidden.contains(line.name);
  const float height = legend_height();
  if (press_area(line.name.c_str(), ImVec2(legend_width(line, room), height))) {
    if (hidden)
      view.hidden.erase(line.name);
    else
      view.hidden.insert(line.name);
  }
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  tooltip(hidden ? "Show this line" : "Hide this line");
  WidgetRects::mark("legend/" + spec.title + "/" + line.name);
  const ImVec2 low = ImGui::GetItemRectMin();
  const float middle = low.y + height / 2;
  const ImU32 color = hidden ? palette().faint : line.color;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddLine(ImVec2(low.x, middle), ImVec2(low.x + swatch, middle), color,
               hidden ? hairline() : 0.16f * em());
  if (line.dots && !hidden) list.AddCircleFilled(ImVec2(low.x + swatch / 2, middle), 0.24f * em(), color);
  text_at(list, ImVec2(low.x + swatch + gap, middle - text.y / 2), palette().muted,
          fitted(line.name, legend_width(line, room) - swatch - gap));
  if (hidden) {  // struck through
    const ImVec2 name(low.x + swatch + gap, middle);
    list.AddLine(name, ImVec2(name.x + text_size(line.name).x, middle), palette().muted, hairline());
  }
}

/// The title on the left and the names on the right, or below the title if they do not fit.
void draw_heading(const PlotSpec& spec, PlotView& view, std::span<const PlotLine> lines, float width) {
  const ImVec2 corner = ImGui::GetCursorPos();
  push_strong();
  const float line_height = std::max(1.6f * em(), legend_height());
  ImGui::SetCursorPosY(corner.y + (legend_height() - text_size(spec.title).y) / 2);
  ImGui::TextUnformatted(spec.title.c_str());
  const float title = text_size(spec.title).x;
  pop_font();
  const float gap = kLegendGap * em();
  float total = 0;
  for (const PlotLine& line : lines)
    if (in_legend(line)) total += legend_width(line, width) + gap;
  const bool beside = title + total <= width;
  ImVec2 at(beside ? corner.x + width - total + gap : corner.x, corner.y + (beside ? 0 : line_height));
  for (const PlotLine& line : lines) {
    if (!in_legend(line)) continue;
    if (!beside && at.x > corner.x && at.x + legend_width(line, width) > corner.x + width)
      at = ImVec2(corner.x, at.y + line_height);
    draw_name(spec, view, line, at, width);
    at.x += legend_width(line, width) + gap;
  }
  ImGui::SetCursorPos(ImVec2(corner.x, at.y + line_height));
}

void draw_line(ImDrawList& list, const Frame& frame, const PlotLine& line) {
  const int columns = static_cast<int>((frame.high.x - frame.low.x) *
                                       std::max(1.0f, ImGui::GetIO().DisplayFramebufferScale.x));
  const std::vector<Point> points = decimate(line.points, frame.x0, frame.x1, columns);
  // The more raw values overlap, the fainter each one: the smoothed curve stays prominent.
  const float crowd = std::sqrt(120.0f / std::max(120.0f, static_cast<float>(points.size())));
  const ImU32 color =
      line.behind ? with_alpha(line.color, (dark() ? 0.32f : 0.26f) * std::max(0.3f, crowd)) : line.color;
  const float thick = line.behind ? hairline()
                      : line.thin ? std::max(hairline(), 0.07f * em())
                                  : 0.14f * em();
  // Segment by segment: ImGui draws a joined line with such sharp spikes incorrectly. NaN leaves a gap.
  for (std::size_t i = 1; i < points.size(); ++i)
    if (std::isfinite(points[i - 1].y) && std::isfinite(points[i].y))
      list.AddLine(ImVec2(frame.px(points[i - 1].x), frame.py(points[i - 1].y)),
                   ImVec2(frame.px(points[i].x), frame.py(points[i].y)), color, thick);
  if (line.behind) return;
  const bool marks = line.dots && points.size() < 80;
  for (const Point& p : points)
    if (std::isfinite(p.y) && (marks || points.size() == 1))
      list.AddCircleFilled(ImVec2(frame.px(p.x), frame.py(p.y)), 0.22f * em(), line.color);
}

void draw_axes(ImDrawList& list, const Frame& frame, const PlotSpec& spec) {
  const Palette& p = palette();
  push_size(0.87f);
  const float line_height = em();
  const int rows = std::max(2, static_cast<int>((frame.high.y - frame.low.y) / (2.4f * line_height)));
  const std::vector<double> ticks = frame.logarithmic ? log_ticks(frame.y.low, frame.y.high, rows)
                                                      : round_ticks(frame.y.low, frame.y.high, rows);
  const double step = tick_step(frame.y.low, frame.y.high, rows);
  for (const double tick : ticks) {
    const float y = std::round(frame.py(tick));
    list.AddRectFilled(ImVec2(frame.low.x, y), ImVec2(frame.high.x, y + hairline()), p.line);
    const std::string text = axis_text(spec, tick, frame.logarithmic ? tick / 2 : step);
    text_at(list, ImVec2(frame.low.x - 0.5f * em() - text_size(text).x, y - line_height / 2), p.muted, text);
  }
  const int columns = std::max(2, static_cast<int>((frame.high.x - frame.low.x) / (5 * line_height)));
  const double x_step = std::max(tick_step(frame.x0, frame.x1, columns), 1e-9);
  for (const double tick : round_ticks(frame.x0, frame.x1, columns)) {
    const std::string text = tick_text(tick, x_step);
    const float x = frame.px(tick);
    list.AddRectFilled(ImVec2(x, frame.high.y), ImVec2(x + hairline(), frame.high.y + 0.3f * em()), p.faint);
    const float left = std::min(x - text_size(text).x / 2, frame.high.x - text_size(text).x);
    text_at(list, ImVec2(left, frame.high.y + 0.4f * em()), p.muted, text);
  }
  list.AddRectFilled(ImVec2(frame.low.x, frame.high.y), ImVec2(frame.high.x, frame.high.y + hairline()),
                     p.faint);
  text_at(list,
          ImVec2((frame.low.x + frame.high.x - text_size(spec.x_name).x) / 2, frame.high.y + 1.5f * em()),
          p.muted, spec.x_name);
  pop_font();
}

/// The point nearest to x among those between the ends of the axis; none: null.
const Point* nearest(const std::vector<Point>& points, double x, const Frame& frame) {
  const auto first = std::lower_bound(points.begin(), points.end(), frame.x0,
                                      [](const Point& p, double value) { return p.x < value; });
  const auto end = std::upper_bound(first, points.end(), frame.x1,
                                    [](double value, const Point& p) { return value < p.x; });
  const auto after =
      std::lower_bound(first, end, x, [](const Point& p, double value) { return p.x < value; });
  if (first == end) return nullptr;
  if (after == end) return &*(end - 1);
  if (after == first) return &*after;
  return x - (after - 1)->x < after->x - x ? &*(after - 1) : &*after;
}

struct HoverLine {
  std::string text;
  ImU32 color = 0;  ///< 0: no line of the plot
};

/// The values beside the pointer, inside the axes: the numbers around the plot stay readable.
void draw_values(const Frame& frame, float at, const std::vector<HoverLine>& lines) {
  const ImVec2 pad = ImGui::GetStyle().WindowPadding;
  const float swatch = 0.8f * em() + ImGui::GetStyle().ItemSpacing.x;
  ImVec2 size(0, 2 * pad.y - ImGui::GetStyle().ItemSpacing.y);
  for (const HoverLine& line : lines) {
    size.x = std::max(size.x, text_size(line.text).x + (line.color != 0 ? swatch : 0) + 2 * pad.x);
    size.y += ImGui::GetTextLineHeight() + ImGui::GetStyle().ItemSpacing.y;
  }
  const float gap = 0.7f * em(), right = at + gap, left = at - gap - size.x;
  const float x = right + size.x <= frame.high.x ? right : std::max(left, 0.0f);
  const float y = std::clamp(ImGui::GetMousePos().y - size.y - gap, frame.low.y,
                             std::max(frame.low.y, frame.high.y - size.y));
  ImGui::SetNextWindowPos(ImVec2(x, y));
  if (!ImGui::BeginTooltip()) return;
  for (const HoverLine& line : lines) {
    if (line.color == 0) {
      muted(line.text);
      continue;
    }
    const ImVec2 from = ImGui::GetCursorScreenPos();
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(from.x, from.y + 0.45f * em()),
                                              ImVec2(from.x + 0.8f * em(), from.y + 0.6f * em()), line.color);
    ImGui::Dummy(ImVec2(0.8f * em(), em()));
    ImGui::SameLine();
    ImGui::TextUnformatted(line.text.c_str());
  }
  std::string all;
  for (const HoverLine& line : lines) all += (all.empty() ? "" : "\n") + line.text;
  WidgetRects::mark("plot/hover", ImVec2(x, y), ImVec2(x + size.x, y + size.y), all);
  ImGui::EndTooltip();
}

void draw_hover(ImDrawList& list, const Frame& frame, const PlotSpec& spec, const PlotView& view,
                std::span<const PlotLine> lines) {
  const double x = frame.data_x(ImGui::GetMousePos().x);
  // The cursor snaps to the nearest visible point of any line: values are never interpolated.
  const Point* snap = nullptr;
  for (const PlotLine& line : lines) {
    if (line.behind || view.hidden.contains(line.name)) continue;
    const Point* p = nearest(line.points, x, frame);
    if (p != nullptr && (snap == nullptr || std::fabs(p->x - x) < std::fabs(snap->x - x))) snap = p;
  }
  if (snap == nullptr) return;
  const float px = frame.px(snap->x);
  list.AddRectFilled(ImVec2(px, frame.low.y), ImVec2(px + hairline(), frame.high.y), palette().faint);
  const double near_enough = 4 * (frame.x1 - frame.x0) / static_cast<double>(frame.high.x - frame.low.x);
  std::vector<HoverLine> words = {
      {spec.x_name + " " + tick_text(snap->x, std::max(0.01, (frame.x1 - frame.x0) / 1000))}};
  for (const Mark& mark : spec.marks)
    if (std::fabs(mark.x - snap->x) <= near_enough) words.push_back({mark.text});
  for (const PlotLine& line : lines) {
    if (line.behind || view.hidden.contains(line.name)) continue;
    const Point* p = nearest(line.points, snap->x, frame);
    // Shows no value for a line whose nearest point is too far from the cursor.
    const double near = line.dots ? std::max(near_enough, 0.5) : 3 * near_enough;
    if (p == nullptr || std::fabs(p->x - snap->x) > near) continue;
    const ImVec2 dot(frame.px(p->x), frame.py(p->y));
    if (dot.y >= frame.low.y - 1 && dot.y <= frame.high.y + 1) {
      list.AddCircleFilled(dot, 0.28f * em(), line.color);
      list.AddCircle(dot, 0.28f * em(), palette().panel, 0, 0.1f * em());
      WidgetRects::mark("plot/dot/" + line.name, dot, ImVec2(dot.x + 1, dot.y + 1));
    }
    words.push_back({line.name + (line.thin ? " (training)  " : "  ") +
                         (spec.y_text ? spec.y_text(p->y) : number_words(p->y)),
                     line.color});
  }
  draw_values(frame, px, words);
}

/// The wheel (with Shift, where it scrolls) and a pinch zoom around the pointer, a drag pans,
/// a double press resets.
void navigate(const Frame& frame, const PlotSpec& spec, PlotView& view) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool hovered = ImGui::IsItemHovered();
  Touch::claim_drag_if_hovered();
  double x0 = frame.x0, x1 = frame.x1;
  if (hovered) {
    double factor = 1 / static_cast<double>(Touch::take_pinch());
    if (spec.wheel_zooms || io.KeyShift) {
      ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
      if (io.KeyShift) ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelX);  // what browsers make of it with Shift
      if (io.MouseSource != ImGuiMouseSource_TouchScreen)
        factor *=
            std::pow(0.8, static_cast<double>(io.KeyShift ? io.MouseWheel + io.MouseWheelH : io.MouseWheel));
    }
    const double at = frame.data_x(io.MousePos.x);
    x0 = at - (at - x0) * factor;
    x1 = at + (x1 - at) * factor;
  }
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(0, 2)) {
    const double shift = frame.data_x(0) - frame.data_x(io.MouseDelta.x);
    x0 += shift;
    x1 += shift;
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) return view.zoom.reset();
  if (x0 == frame.x0 && x1 == frame.x1) return;
  const double whole = spec.x_last - spec.x_first, width = std::clamp(x1 - x0, whole * 1e-4, whole);
  if (width >= whole * 0.999) return view.zoom.reset();
  x0 = std::clamp(x0, spec.x_first, spec.x_last - width);
  view.zoom = Point{x0, x0 + width};
}

}  // namespace

void draw_plot(const char* name, const PlotSpec& spec, PlotView& view, std::span<const PlotLine> lines,
               ImVec2 size) {
  ImGui::PushID(name);
  ImGui::BeginGroup();
  const float top = ImGui::GetCursorPosY();
  draw_heading(spec, view, lines, size.x);
  const float height = std::max(6 * em(), size.y - (ImGui::GetCursorPosY() - top));
  const float gutter = 3.1f * em(), below = 2.6f * em();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  Frame frame;
  frame.low = ImVec2(corner.x + gutter, corner.y + 0.4f * em());
  frame.high = ImVec2(corner.x + size.x - 0.3f * em(), corner.y + height - below);
  frame.x0 = view.zoom ? view.zoom->x : spec.x_first;
  frame.x1 = view.zoom ? view.zoom->y : std::max(spec.x_last, spec.x_first + 1e-9);
  frame.y = y_range(spec, view, lines, frame.x0, frame.x1);
  frame.logarithmic = view.logarithmic;
  ImGui::SetNextItemAllowOverlap();  // "Show all" lies on top
  press_area("plot", ImVec2(size.x, height), false);
  WidgetRects::mark(std::string("plot/") + name, frame.low, frame.high);
  navigate(frame, spec, view);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_axes(list, frame, spec);
  list.PushClipRect(frame.low, ImVec2(frame.high.x + 0.3f * em(), frame.high.y + hairline()), true);
  for (const Mark& mark : spec.marks) {
    const float x = frame.px(mark.x);
    const int dashes = static_cast<int>(std::ceil((frame.high.y - frame.low.y) / (0.6f * em())));
    for (int i = 0; i < dashes; ++i) {
      const float y = frame.low.y + 0.6f * em() * static_cast<float>(i);
      list.AddRectFilled(ImVec2(x, y), ImVec2(x + hairline(), y + 0.3f * em()), palette().faint);
    }
    if (mark.label.empty()) continue;
    push_size(0.82f);
    const float wide = text_size(mark.label).x, pad = 0.3f * em();
    const bool left = x + pad + wide > frame.high.x;
    const ImVec2 at(std::max(left ? x - pad - wide : x + pad, frame.low.x),
                    spec.percent ? frame.high.y - 1.5f * em() : frame.low.y);
    if (x >= frame.low.x && x <= frame.high.x && at.x + wide <= frame.high.x) {
      text_at(list, at, palette().muted, mark.label);
      WidgetRects::mark("mark/" + spec.title, at, ImVec2(at.x + wide, at.y + em()), mark.label);
    }
    pop_font();
  }
  for (const bool behind : {true, false})
    for (const PlotLine& line : lines)
      if (line.behind == behind && !view.hidden.contains(line.name)) draw_line(list, frame, line);
  list.PopClipRect();
  const ImVec2 mouse = ImGui::GetMousePos();
  const bool in_axes = mouse.x >= frame.low.x && mouse.x <= frame.high.x;
  if (in_axes && ImGui::IsItemHovered() && !ImGui::IsMouseDragging(0))
    draw_hover(list, frame, spec, view, lines);
  if (view.zoom) {
    const ImVec2 after = ImGui::GetCursorPos();
    ImGui::SetCursorScreenPos(ImVec2(frame.high.x - 6.2f * em(), frame.low.y + 0.3f * em()));
    if (button("zoom out", "Show all", {.help = "Double-click or double-tap the plot does the same"}))
      view.zoom.reset();
    ImGui::SetCursorPos(after);
    ImGui::Dummy(ImVec2(0, 0));
  }
  ImGui::EndGroup();
  ImGui::PopID();
}

}  // namespace playground
