#pragma once
/// Which pictures excite a filter (or a unit) most, and where.

#include <cstddef>
#include <vector>

#include "core/inspect/observer.h"
#include "core/training/evaluation.h"

namespace cnn {

struct TopPicture {
  std::size_t index = 0;  ///< in the data set
  float value = 0;        ///< the map's maximum, after the activation function
  Unit unit;              ///< of the maximum
};

class TopPictures {
 public:
  /// The data set must not change until done().
  TopPictures(const Dataset&, int layer, int channel, std::size_t count);

  bool done() const { return next_ == data_.size(); }
  /// Share of the work done so far.
  double share() const { return static_cast<double>(next_) / static_cast<double>(data_.size()); }
  /// Processes the next pictures. Discards the observer's look().
  Result<void> step(Exec&, Observer&);
  /// The best pictures so far, strongest first; of equal ones, the earlier comes first.
  const std::vector<TopPicture>& best() const { return best_; }

 private:
  void take(const TopPicture&);

  const Dataset& data_;
  int layer_, channel_;
  std::size_t count_, next_ = 0;
  Batch batch_;
  std::vector<TopPicture> best_;
};

}  // namespace cnn
