#pragma once
/// Distributions of a layer's weights, gradients and activations, and its share of dead channels.

#include <optional>
#include <vector>

#include "core/inspect/observer.h"
#include "core/training/evaluation.h"

namespace cnn {

/// Bins of equal width from `low`, the smallest finite number, to `high`, the largest.
struct Histogram {
  double low = 0, high = 0, mean = 0, deviation = 0;
  std::vector<int> counts;  ///< empty if there are no finite numbers
};
Histogram histogram(std::span<const float> numbers, int bins);

struct LayerHistograms {
  int layer = 0;
  Histogram weights, gradients;  ///< of trainable parameters except biases; empty if there are none
  Histogram activations;         ///< after the activation function
  /// With ReLU: the share of channels (or units) that are 0 everywhere in every picture.
  std::optional<double> dead;
};

/// For every layer except the input, over the first pictures of the data set (at most 50, fewer for a large
/// model): one batch forward, as in inference, and back from the mean cross-entropy. Discards the observer's
/// look().
Result<std::vector<LayerHistograms>> layer_histograms(Exec&, Observer&, const Dataset&, int bins);

}  // namespace cnn
