#pragma once
/// Norms of each layer's weights and gradients, to watch a training.

#include <span>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/run/exec.h"

namespace cnn {

/// Euclidean norms over all trainable arrays of a layer, and over their gradients.
struct LayerNorms {
  std::string layer;  ///< "conv2d_1"
  double weights = 0, gradient = 0;
};

/// One entry per trainable layer, in the parameters' order. Reads all weights and gradients once. The result
/// does not depend on the number of threads.
std::vector<LayerNorms> layer_norms(Exec&, std::span<const Parameter>);

}  // namespace cnn
