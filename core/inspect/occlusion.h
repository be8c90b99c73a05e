#pragma once
/// core/inspect/occlusion.h: a gray square slides over the picture; where the class's probability falls, the
/// network was looking (Zeiler and Fergus 2013, arXiv 1311.2901).
#include <vector>

#include "core/inspect/heat_maps.h"

namespace cnn {

class Occlusion {
 public:
  struct Options {
    int class_index = 0, size = 8, stride = 4;
    float gray = 0.5f;
  };
  /// The squares' centers are those of the picture's cells of stride x stride; what hangs over the border is
  /// lost.
  Occlusion(const Shape& picture_shape, std::span<const float> picture, const Options&);

  bool done() const { return next_ == rows_ * columns_; }
  /// Of the work that is done.
  double share() const { return static_cast<double>(next_) / (rows_ * columns_); }
  /// The next places. What the observer looked at is lost.
  Result<void> step(Exec&, Observer&);
  /// The class's probability with the square at each place; -1 where that was not tried yet.
  const HeatMap& map() const { return map_; }

 private:
  void cover(int place, float* picture) const;

  Options options_;
  Grid size_;
  std::vector<float> picture_, batch_;
  int rows_, columns_, next_ = 0;
  HeatMap map_;
};

}  // namespace cnn
