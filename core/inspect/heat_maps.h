#pragma once
/// Which parts of the picture support a class: Grad-CAM and saliency.

#include <vector>

#include "core/inspect/observer.h"

namespace cnn {

struct HeatMap {
  int rows = 0, columns = 0;
  std::vector<float> values;  ///< [rows, columns], not negative
};

/// Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) of a layer whose output is maps A[i, j, k]:
///   weight[k] = mean over i, j of d logit / d A[i, j, k]
///   map[i, j] = max(0, sum over k of weight[k] * A[i, j, k])
/// Requires observer.look() and a class in range. bad_argument if the layer's output is not maps.
Result<HeatMap> grad_cam(Exec&, Observer& observer, int layer, int class_index);
/// The last layer that computes maps of more than one cell; -1 if there is none.
int last_map_layer(const Model&);

/// The gradient of the class's logit with respect to the picture, [H, W, C].
std::vector<float> input_gradient(Exec&, Observer& observer, int class_index);
/// For each pixel, the largest |gradient| of its channels (Simonyan et al. 2013, arXiv 1312.6034).
HeatMap saliency(const Grid& picture, std::span<const float> gradient);

}  // namespace cnn
