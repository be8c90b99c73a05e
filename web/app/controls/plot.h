#pragma once
/// Line plots: axes with round ticks, values on hover, zoom (wheel or Shift and wheel, pinch), pan (drag),
/// logarithmic scale, and a legend whose names hide and show their lines.
/// The user's changes are stored in PlotView.

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "imgui.h"
#include "web/app/state/series.h"

namespace playground {

struct PlotLine {
  std::string name;
  ImU32 color = 0;
  std::vector<Point> points;
  bool behind = false;  ///< raw values: thin, faint, not in the legend or on hover, ignored by the scale
  bool dots = false;    ///< few points, each drawn as a dot
  bool thin = false;    ///< accompanies the line of the same name: not in the legend, on hover only by itself
};

struct PlotSpec {
  std::string title, x_name;
  std::function<std::string(double)> y_text;  ///< a value as shown on hover
  std::optional<double> y_low, y_high;        ///< bounds of the data: accuracy is 0 to 1
  bool percent = false;
  double x_first = 0, x_last = 1;  ///< shown when not zoomed
  bool wheel_zooms = false;        ///< without Shift, too; otherwise the wheel scrolls what the plot is in
  std::vector<Mark> marks;         ///< thin vertical lines: live changes, the best epoch
};

/// The user's changes to a plot; stored by the panel.
struct PlotView {
  bool logarithmic = false;
  std::optional<Point> zoom;  ///< x from .x to .y
  std::set<std::string> hidden;
};

struct Range {
  double low = 0, high = 1;
};

/// Round numbers (1, 2, 2.5 or 5 times a power of ten) inside the range, at most `most` of them.
std::vector<double> round_ticks(double low, double high, int most);
double tick_step(double low, double high, int most);
/// Powers of ten, with 2 and 5 times them if there is room.
std::vector<double> log_ticks(double low, double high, int most);
/// The y range of what is visible between the x bounds.
Range y_range(const PlotSpec& spec, const PlotView& view, std::span<const PlotLine> lines, double x0,
              double x1);

void draw_plot(const char* name, const PlotSpec& spec, PlotView& view, std::span<const PlotLine> lines,
               ImVec2 size);

/// The same plot as a stand-alone SVG, with the colors of the light palette on white.
std::string plot_svg(const PlotSpec& spec, const PlotView& view, std::span<const PlotLine> lines, int width,
                     int height);

}  // namespace playground
