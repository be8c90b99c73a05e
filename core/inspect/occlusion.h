#pragma once
/// A gray square slides over the picture. Where it lowers the class's probability, the network was looking
/// (Zeiler and Fergus 2013, arXiv 1311.2901).

#include <vector>

#include "core/inspect/heat_maps.h"

namespace cnn {

class Occlusion {
 public:
  struct Options {
    int class_index = 0, size = 8, stride = 4;
    float gray = 0.5f;
  };
  /// The picture is divided into cells of stride x stride; a square is centered on each and clipped at the
  /// border.
  Occlusion(const Shape& picture_shape, std::span<const float> picture, const Options&);

  bool done() const { return next_ == rows_ * columns_; }
  /// Share of the work done so far.
  double share() const { return static_cast<double>(next_) / (rows_ * columns_); }
  /// Processes the next places. Discards the observer's look().
  Result<void> step(Exec&, Observer&);
  /// The class's probability with the square at each place; -1 for places not processed yet.
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
