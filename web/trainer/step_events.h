// Merges what every mini-batch tells into events that come at most ten times a second, and says when the
// norms are worth their price: a look at every weight.
#pragma once

#include <vector>

namespace playground::trainer {

struct StepPoint {
  double global_step = 0, loss = 0, accuracy = 0;
};

class StepEvents {
 public:
  void add(const StepPoint& point) { waiting_.push_back(point); }
  bool empty() const { return waiting_.empty(); }
  bool due(double milliseconds) const { return milliseconds - last_ >= kInterval; }
  /// At most four times a second; asked where an event is due, and then taken to be followed.
  bool norms_due(double milliseconds);
  /// The points since the last event, at most 64: neighbors are averaged where there are more. Nothing waits
  /// afterwards.
  std::vector<StepPoint> take(double milliseconds);

 private:
  static constexpr double kInterval = 100, kNormsInterval = 250;  // milliseconds
  static constexpr std::size_t kMostPoints = 64;

  std::vector<StepPoint> waiting_;
  double last_ = -kInterval, last_norms_ = -kNormsInterval;
};

}  // namespace playground::trainer
