#pragma once
/// core/inspect/histograms.h: how a layer's numbers are distributed, and how much of it is dead.
#include <optional>
#include <vector>

#include "core/inspect/observer.h"
#include "core/training/evaluation.h"

namespace cnn {

/// Bins of equal width from low to high, which are the smallest and the largest finite number.
struct Histogram {
  double low = 0, high = 0, mean = 0, deviation = 0;
  std::vector<int> counts;  ///< empty: there were no finite numbers
};
Histogram histogram(std::span<const float> numbers, int bins);

struct LayerHistograms {
  int layer = 0;
  Histogram weights, gradients;  ///< of what it learns, biases aside; empty where it learns nothing
  Histogram activations;         ///< after its activation function
  /// With ReLU: the share of its channels (or units) that are 0 everywhere in every picture.
  std::optional<double> dead;
};

/// Of every layer but the input, over the first pictures of the data set (50 at most, fewer where they are
/// large): one batch forward, as in inference, and back from the cross-entropy's mean. What the observer
/// looked at is lost.
Result<std::vector<LayerHistograms>> layer_histograms(Exec&, Observer&, const Dataset&, int bins);

}  // namespace cnn
