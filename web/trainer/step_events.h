#pragma once
/// Merges the numbers of every mini-batch into at most ten events a second, and limits how often the norms
/// are computed, which reads every weight.

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
  /// True at most four times a second. Call it only when an event is due; true means the norms are computed.
  bool norms_due(double milliseconds);
  /// Removes and returns the points since the last event; of more than 64, neighbors are averaged.
  std::vector<StepPoint> take(double milliseconds);

 private:
  static constexpr double kInterval = 100, kNormsInterval = 250;  // milliseconds
  static constexpr std::size_t kMostPoints = 64;

  std::vector<StepPoint> waiting_;
  double last_ = -kInterval, last_norms_ = -kNormsInterval;
};

}  // namespace playground::trainer
