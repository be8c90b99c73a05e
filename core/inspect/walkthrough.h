#pragma once
/// core/inspect/walkthrough.h: one number of a layer's output computed by hand, step by step.
#include <optional>
#include <vector>

#include "core/inspect/geometry.h"
#include "core/inspect/observer.h"

namespace cnn {

struct Walkthrough {
  int layer = 0, input = 0;  ///< input: the layer whose output it reads
  Unit unit;
  Reach::Rule rule = Reach::Rule::own;
  Rect window;  ///< in the input's map; it may begin before it and end behind: padding, which counts as 0
  int first_channel = 0, channels = 0;  ///< of the input
  /// [window height, window width, channels]; weights and products are there for rule `weights` only.
  std::vector<float> values, weights;
  std::vector<double> products;
  std::vector<double> channel_sums;  ///< of the products, by channel of the input
  std::optional<double> bias;
  double before = 0;  ///< the sum and the bias; the largest, mean or sum of the window
  double after = 0;   ///< that through the activation function
  float output = 0;   ///< what the layer itself computed, with its own order of summation
};

/// After observer.look(). An error (bad_argument) where the layer has no such unit, or where its numbers do
/// not come from a window.
Result<Walkthrough> walk_through(Exec&, const Observer& observer, int layer, const Unit& unit);

}  // namespace cnn
