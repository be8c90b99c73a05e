#pragma once
/// One number of a layer's output, computed step by step.

#include <optional>
#include <vector>

#include "core/inspect/geometry.h"
#include "core/inspect/observer.h"

namespace cnn {

struct Walkthrough {
  int layer = 0, input = 0;  ///< input: the layer whose output is read
  Unit unit;
  Reach::Rule rule = Reach::Rule::own;
  Rect window;  ///< in the input's map; cells outside the map are padding and count as 0
  int first_channel = 0, channels = 0;  ///< of the input
  /// [window height, window width, channels]; weights and products exist for rule `weights` only.
  std::vector<float> values, weights;
  std::vector<double> products;
  std::vector<double> channel_sums;  ///< of the products, by channel of the input
  std::optional<double> bias;
  double before = 0;  ///< sum plus bias; for pooling the maximum, mean or sum of the window
  double after = 0;   ///< `before` through the activation function
  float output = 0;   ///< the layer's own result, summed in its own order
};

/// Requires observer.look(). bad_argument if the layer has no such unit, or if its numbers do not come from a
/// window.
Result<Walkthrough> walk_through(Exec&, const Observer& observer, int layer, const Unit& unit);

}  // namespace cnn
