#pragma once
/// core/inspect/top_pictures.h: which pictures excite a filter (or a unit) most, and where.
#include <cstddef>
#include <vector>

#include "core/inspect/observer.h"
#include "core/training/evaluation.h"

namespace cnn {

struct TopPicture {
  std::size_t index = 0;  ///< in the data set
  float value = 0;        ///< the largest of the map, after the activation function
  Unit unit;              ///< where
};

class TopPictures {
 public:
  /// The data set must stay as it is until done().
  TopPictures(const Dataset&, int layer, int channel, std::size_t count);

  bool done() const { return next_ == data_.size(); }
  /// Of the work that is done.
  double share() const { return static_cast<double>(next_) / static_cast<double>(data_.size()); }
  /// The next pictures. What the observer looked at is lost.
  Result<void> step(Exec&, Observer&);
  /// The best so far, the strongest first; of equals the earlier.
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
