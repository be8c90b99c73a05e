#pragma once
/// Curves in bounded memory, however many steps a training has.

#include <cstddef>
#include <string>
#include <vector>

namespace playground {

struct CurvePoint {
  double step = 0, epoch = 0;  ///< epoch has fractions: 1.5 is the middle of the second
  float loss = 0, accuracy = 0, loss_smooth = 0, accuracy_smooth = 0;
};

/// Values per step. When the memory is full, half of the points go: of every four, those with the smallest
/// and the largest loss stay, so that a spike among a million steps remains visible.
class StepSeries {
 public:
  static constexpr std::size_t kRoom = 8192;
  void add(double step, double epoch, float loss, float accuracy);
  void clear();
  /// Forgets what came after that epoch.
  void cut(double epoch);
  bool empty() const { return points_.empty(); }
  const std::vector<CurvePoint>& points() const { return points_; }

 private:
  void halve();
  std::vector<CurvePoint> points_;
  double mean_loss_ = 0, mean_accuracy_ = 0, weight_ = 0;
};

struct Point {
  double x = 0, y = 0;
};

/// The curve of one value over the epochs, smoothed `factor` times as long as the series itself smooths it;
/// 0: not.
std::vector<Point> smoothed(const StepSeries& series, float CurvePoint::*raw, float CurvePoint::*smooth,
                            double factor);

/// A vertical line in the plots: a changed setting, the best epoch.
struct Mark {
  double x = 0;
  std::string text;
  std::string label{};  ///< what is written beside the line, if anything
};

/// Adds a point to a curve of bounded length; a full curve loses every second point.
void add_bounded(std::vector<Point>& curve, Point point);

/// Points for `columns` columns of pixels between x0 and x1: the first, smallest, largest and last of each,
/// in order, so that the line covers exactly the pixels of the full one. `points` must ascend in x. One point
/// beyond either end stays, so that the line leaves the plot.
std::vector<Point> decimate(const std::vector<Point>& points, double x0, double x1, int columns);

}  // namespace playground
