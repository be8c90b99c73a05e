#include "web/trainer/step_events.h"

#include <algorithm>

namespace playground::trainer {

std::vector<StepPoint> StepEvents::take(double milliseconds) {
  last_ = milliseconds;
  const std::size_t group = (waiting_.size() + kMostPoints - 1) / kMostPoints;
  std::vector<StepPoint> points;
  for (std::size_t first = 0; first < waiting_.size(); first += group) {
    const std::size_t end = std::min(first + group, waiting_.size());
    StepPoint mean;
    for (std::size_t i = first; i < end; ++i) {
      mean.loss += waiting_[i].loss / static_cast<double>(end - first);
      mean.accuracy += waiting_[i].accuracy / static_cast<double>(end - first);
    }
    mean.global_step = waiting_[end - 1].global_step;
    points.push_back(mean);
  }
  waiting_.clear();
  return points;
}

bool StepEvents::norms_due(double milliseconds) {
  if (milliseconds - last_norms_ < kNormsInterval) return false;
  last_norms_ = milliseconds;
  return true;
}

}  // namespace playground::trainer
