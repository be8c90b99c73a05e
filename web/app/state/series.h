// Curves in bounded memory: every step counts, however many there are.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace playground {

struct StepPoint {
  double step = 0, epoch = 0;  ///< epoch counts fractions: 1.5 is the middle of the second
  float loss = 0, accuracy = 0, loss_smooth = 0, accuracy_smooth = 0;
};

/// Values per step. When the room is used up, neighbors are merged two by two: of each pair the smallest and
/// the largest loss stay, so that a spike in a million steps is still seen.
class StepSeries {
 public:
  static constexpr std::size_t kRoom = 8192;
  void add(double step, double epoch, float loss, float accuracy);
  void clear();
  bool empty() const { return points_.empty(); }
  const std::vector<StepPoint>& points() const { return points_; }

 private:
  void halve();
  std::vector<StepPoint> points_;
  double mean_loss_ = 0, mean_accuracy_ = 0, weight_ = 0;
};

struct Point {
  double x = 0, y = 0;
};

/// A moment worth a line in the plots: a changed setting, the best epoch.
struct Mark {
  double x = 0;
  std::string text;
};

/// Adds a point to a curve of bounded length; of a full one every second point goes.
void add_bounded(std::vector<Point>& curve, Point point);

/// Points for `columns` columns of pixels between x0 and x1: first, smallest, largest and last of each, in
/// order, so that the line covers exactly the pixels the full one would. `points` ascend in x. One point
/// beyond either end stays, for the line to leave the picture.
std::vector<Point> decimate(const std::vector<Point>& points, double x0, double x1, int columns);

}  // namespace playground
