#pragma once
/// core/inspect/heat_maps.h: what in the picture speaks for a class.
#include <vector>

#include "core/inspect/observer.h"

namespace cnn {

struct HeatMap {
  int rows = 0, columns = 0;
  std::vector<float> values;  ///< [rows, columns], 0 and more
};

/// Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) of a layer that gives maps A[.., .., k]:
///   weight[k] = mean over the places of d logit / d A[.., .., k];  map = max(0, sum over k of weight[k] *
///   A[.., .., k])
/// After observer.look(); the class is in range. bad_argument where the layer gives no maps.
Result<HeatMap> grad_cam(Exec&, Observer& observer, int layer, int class_index);
/// The last layer that computes maps of more than one cell; -1 where there is none.
int last_map_layer(const Model&);

/// The gradient of the class's logit by every number of the picture [H, W, C].
std::vector<float> input_gradient(Exec&, Observer& observer, int class_index);
/// Of each pixel the largest of its channels' |gradient| (Simonyan et al. 2013, arXiv 1312.6034).
HeatMap saliency(const Grid& picture, std::span<const float> gradient);

}  // namespace cnn
