#include <algorithm>
#include <cmath>
#include <cstdio>

#include "web/app/controls/exports.h"
#include "web/app/controls/plot.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr double kLeft = 64, kRight = 20, kTop = 44, kBottom = 46;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string hex(ImU32 color) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", color & 255, color >> 8 & 255, color >> 16 & 255);
  return text;
}

std::string text_element(double x, double y, const char* anchor, const char* color,
                         const std::string& words) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\" fill=\"" +
         color + "\">" + escaped(words) + "</text>\n";
}

}  // namespace

std::string plot_svg(const PlotSpec& spec, const PlotView& view, std::span<const PlotLine> lines, int width,
                     int height) {
  const double x0 = view.zoom ? view.zoom->x : spec.x_first, x1 = view.zoom ? view.zoom->y : spec.x_last;
  const Range y = y_range(spec, view, lines, x0, x1);
  const double right = width - kRight, bottom = height - kBottom;
  const auto px = [&](double x) { return kLeft + (x - x0) / (x1 - x0) * (right - kLeft); };
  const auto py = [&](double value) {
    const double share = view.logarithmic
                             ? std::log(std::max(value, y.low * 1e-3) / y.low) / std::log(y.high / y.low)
                             : (value - y.low) / (y.high - y.low);
    return bottom - share * (bottom - kTop);
  };
  const std::string w = std::to_string(width), h = std::to_string(height);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
                    "\" viewBox=\"0 0 " + w + " " + h +
                    "\" font-family=\"Roboto, Arial, sans-serif\" font-size=\"13\">\n<rect width=\"100%\" "
                    "height=\"100%\" fill=\"#fff\"/>\n";
  svg += "<text x=\"16\" y=\"26\" font-weight=\"500\" font-size=\"16\" fill=\"#1a2230\">" +
         escaped(spec.title) + "</text>\n";
  const int rows = 7;
  const double step = tick_step(y.low, y.high, rows);
  for (const double tick :
       view.logarithmic ? log_ticks(y.low, y.high, rows) : round_ticks(y.low, y.high, rows)) {
    svg += "<path d=\"M" + number(kLeft) + " " + number(py(tick)) + "H" + number(right) +
           "\" stroke=\"#dfe3e9\"/>\n";
    const double fine = view.logarithmic ? tick / 2 : step;
    svg += text_element(kLeft - 8, py(tick) + 4, "end", "#566174",
                        spec.percent ? tick_text(100 * tick, 100 * fine) + " %" : tick_text(tick, fine));
  }
  const double x_step = tick_step(x0, x1, 8);
  for (const double tick : round_ticks(x0, x1, 8))
    svg += text_element(px(tick), bottom + 18, "middle", "#566174", tick_text(tick, x_step));
  svg += text_element((kLeft + right) / 2, bottom + 38, "middle", "#8a94a5", spec.x_name);
  svg += "<clipPath id=\"c\"><rect x=\"" + number(kLeft) + "\" y=\"" + number(kTop) + "\" width=\"" +
         number(right - kLeft) + "\" height=\"" + number(bottom - kTop) + "\"/></clipPath>\n";
  double legend = right;
  for (const bool behind : {true, false})
    for (const PlotLine& line : lines) {
      if (line.behind != behind || view.hidden.contains(line.name)) continue;
      std::string path, dots;
      bool pen_up = true;
      for (const Point& p : decimate(line.points, x0, x1, width)) {
        if (!std::isfinite(p.y)) {
          pen_up = true;
          continue;
        }
        path += (pen_up ? "M" : "L") + number(px(p.x)) + " " + number(py(p.y));
        pen_up = false;
        if (line.dots && line.points.size() < 80)
          dots.append("<circle cx=\"")
              .append(number(px(p.x)))
              .append("\" cy=\"")
              .append(number(py(p.y)))
              .append("\" r=\"3\" fill=\"")
              .append(hex(line.color))
              .append("\"/>");
      }
      svg.append("<g clip-path=\"url(#c)\"><path d=\"")
          .append(path)
          .append("\" fill=\"none\" stroke=\"")
          .append(hex(line.color))
          .append(behind      ? "\" stroke-width=\"1\" opacity=\"0.25\""
                  : line.thin ? "\" stroke-width=\"1\""
                              : "\" stroke-width=\"2\"")
          .append(" stroke-linejoin=\"round\"/>")
          .append(dots)
          .append("</g>\n");
      if (behind || line.thin) continue;
      legend -= 8.0 * static_cast<double>(line.name.size()) + 8;
      svg += text_element(legend, 26, "start", hex(line.color).c_str(), line.name);
    }
  return svg + "</svg>\n";
}

}  // namespace playground
