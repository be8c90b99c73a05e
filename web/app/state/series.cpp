#include "web/app/state/series.h"

#include <algorithm>
#include <cmath>

namespace playground {
namespace {

/// Half-life of the smoothed curve in steps: short at first, where the loss falls fast, then long enough to
/// show the trend of noisy batches.
double half_life(double steps) { return std::clamp(steps / 10, 8.0, 60.0); }

}  // namespace

void StepSeries::add(double step, double epoch, float loss, float accuracy) {
  if (!points_.empty() && step <= points_.back().step) return;  // arrived twice
  const double keep = std::exp2(-(points_.empty() ? 1 : step - points_.back().step) /
                                half_life(step - (points_.empty() ? step : points_.front().step)));
  // Exponential moving average with bias correction: the first values are not pulled toward zero.
  if (std::isfinite(loss)) {
    mean_loss_ = keep * mean_loss_ + (1 - keep) * static_cast<double>(loss);
    mean_accuracy_ = keep * mean_accuracy_ + (1 - keep) * static_cast<double>(accuracy);
    weight_ = keep * weight_ + (1 - keep);
  }
  const double scale = weight_ > 0 ? 1 / weight_ : 0;
  points_.push_back({step, epoch, loss, accuracy, static_cast<float>(mean_loss_ * scale),
                     static_cast<float>(mean_accuracy_ * scale)});
  if (points_.size() >= kRoom) halve();
}

void StepSeries::clear() { *this = StepSeries(); }

void StepSeries::cut(double epoch) {
  std::erase_if(points_, [epoch](const CurvePoint& point) { return point.epoch > epoch; });
}

void StepSeries::halve() {
  std::vector<CurvePoint> kept;
  kept.reserve(kRoom);
  std::size_t i = 0;
  for (; i + 4 <= points_.size(); i += 4) {
    const auto first = points_.begin() + static_cast<std::ptrdiff_t>(i);
    auto [low, high] = std::minmax_element(
        first, first + 4, [](const CurvePoint& a, const CurvePoint& b) { return a.loss < b.loss; });
    if (low == high) high = first + 3;  // all equal, or NaN
    if (low > high) std::swap(low, high);
    kept.push_back(*low);
    kept.push_back(*high);
  }
  kept.insert(kept.end(), points_.begin() + static_cast<std::ptrdiff_t>(i), points_.end());
  points_ = std::move(kept);
}

std::vector<Point> smoothed(const StepSeries& series, float CurvePoint::*raw, float CurvePoint::*smooth,
                            double factor) {
  const std::vector<CurvePoint>& points = series.points();
  std::vector<Point> curve;
  curve.reserve(points.size());
  // Longer smoothing starts from the smoothed values, because thinning keeps only the raw extremes.
  const auto source = factor >= 1 ? smooth : raw;
  double mean = 0, weight = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const CurvePoint& p = points[i];
    const auto value = static_cast<double>(p.*source);
    if (factor == 0 || factor == 1 || !std::isfinite(value)) {
      curve.push_back({p.epoch, value});
      continue;
    }
    const double gap = i == 0 ? 1 : p.step - points[i - 1].step;
    const double keep = std::exp2(-gap / (factor * half_life(p.step - points.front().step)));
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    curve.push_back({p.epoch, mean / weight});
  }
  return curve;
}

void add_bounded(std::vector<Point>& curve, Point point) {
  if (!curve.empty() && point.x <= curve.back().x) return;
  curve.push_back(point);
  if (curve.size() < StepSeries::kRoom) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < curve.size(); i += 2) curve[kept++] = curve[i];
  curve.resize(kept);
}

std::vector<Point> decimate(const std::vector<Point>& points, double x0, double x1, int columns) {
  columns = std::max(1, columns);  // a plot in a window too narrow for it has none
  const auto before = [](const Point& p, double x) { return p.x < x; };
  auto first = std::lower_bound(points.begin(), points.end(), x0, before);
  auto last = std::lower_bound(first, points.end(), x1, before);
  if (first != points.begin()) --first;
  if (last != points.end()) ++last;
  const auto count = last - first;
  if (count <= 4 * static_cast<std::ptrdiff_t>(columns) || !(x1 > x0)) return {first, last};
  std::vector<Point> kept;
  kept.reserve(static_cast<std::size_t>(4 * columns + 8));
  const auto column = [&](double x) { return std::floor((x - x0) / (x1 - x0) * columns); };
  for (auto at = first; at != last;) {
    const double here = column(at->x);
    auto end = at + 1, low = at, high = at;
    for (; end != last && column(end->x) == here; ++end) {
      if (end->y < low->y) low = end;
      if (end->y > high->y) high = end;
    }
    decltype(at) picks[] = {at, std::min(low, high), std::max(low, high), end - 1};
    for (int i = 0; i < 4; ++i)
      if (i == 0 || picks[i] != picks[i - 1]) kept.push_back(*picks[i]);
    at = end;
  }
  return kept;
}

}  // namespace playground
