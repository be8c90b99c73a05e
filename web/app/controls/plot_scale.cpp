#include <algorithm>
#include <cmath>
#include <limits>

#include "web/app/controls/plot.h"

namespace playground {

double tick_step(double low, double high, int most) {
  const double raw = (high - low) / std::max(1, most);
  if (!(raw > 0)) return 1;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0})
    if (factor * power >= raw * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

std::vector<double> round_ticks(double low, double high, int most) {
  const double step = tick_step(low, high, most);
  std::vector<double> ticks;
  for (double i = std::ceil(low / step - 1e-9); i <= high / step + 1e-9 && ticks.size() < 100; ++i)
    ticks.push_back(i * step);
  return ticks;
}

std::vector<double> log_ticks(double low, double high, int most) {
  std::vector<double> ticks;
  const double decades = std::log10(high / low);
  const bool between = decades * 3 <= most;
  const double every = std::max(1.0, std::ceil(decades / std::max(1, most)));
  for (double power = std::floor(std::log10(low)); power <= std::log10(high) && ticks.size() < 100;
       power += between ? 1 : every)
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 && !between) break;
      const double tick = factor * std::pow(10, power);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push_back(tick);
    }
  return ticks;
}

namespace {

void stretch(Range& range, const PlotLine& line, double x0, double x1, bool logarithmic) {
  for (const Point& p : line.points)
    if (p.x >= x0 && p.x <= x1 && std::isfinite(p.y) && !(logarithmic && p.y <= 0)) {
      range.low = std::min(range.low, p.y);
      range.high = std::max(range.high, p.y);
    }
}

}  // namespace

Range y_range(const PlotSpec& spec, const PlotView& view, std::span<const PlotLine> lines, double x0,
              double x1) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Range bold{infinity, -infinity}, all{infinity, -infinity};
  for (const PlotLine& line : lines) {
    if (view.hidden.contains(line.name)) continue;
    stretch(all, line, x0, x1, view.logarithmic);
    if (!line.behind) stretch(bold, line, x0, x1, view.logarithmic);
  }
  if (!(all.low <= all.high))
    return view.logarithmic ? Range{0.1, 10} : Range{spec.y_low.value_or(0), spec.y_high.value_or(1)};
  if (!(bold.low <= bold.high)) bold = all;
  if (view.logarithmic) {
    const double room = std::pow(bold.high / bold.low, 0.08) * 1.02;
    return {bold.low / room, bold.high * room};
  }
  // Raw values may widen the range a little, but one extreme batch must not flatten the smoothed curve.
  const double height = std::max(bold.high - bold.low, std::max(std::fabs(bold.high), 1e-12) * 0.1);
  Range range{std::max(all.low, bold.low - 0.3 * height), std::min(all.high, bold.high + 0.3 * height)};
  const double pad = 0.06 * std::max(range.high - range.low, height);
  range = {range.low - pad, range.high + pad};
  if (const double least = spec.percent ? 0.1 : height; range.high - range.low < least) {
    const double middle = (range.low + range.high) / 2;
    range = {middle - least / 2, middle + least / 2};
  }
  if (spec.y_low) range.low = std::max(range.low, *spec.y_low);
  if (spec.y_high) range.high = std::min(range.high, *spec.y_high);
  if (!(range.high > range.low)) range.high = range.low + height;
  return range;
}

}  // namespace playground
