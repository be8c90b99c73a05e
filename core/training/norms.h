#pragma once
/// core/training/norms.h: how long a layer's weights and their gradient are, for whoever watches a training.

#include <span>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/run/exec.h"

namespace cnn {

/// Euclidean lengths of all trainable arrays of a layer in a row, and of their gradients.
struct LayerNorms {
  std::string layer;  ///< "conv2d_1"
  double weights = 0, gradient = 0;
};

/// One entry for each layer that learns, in the parameters' order. Passes over all of them once; the result
/// does not depend on the number of threads.
std::vector<LayerNorms> layer_norms(Exec&, std::span<const Parameter>);

}  // namespace cnn
