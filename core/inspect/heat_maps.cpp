#include "core/inspect/heat_maps.h"

#include <algorithm>
#include <cmath>

namespace cnn {

Result<HeatMap> grad_cam(Exec& exec, Observer& observer, int layer, int class_index) {
  const Model& model = observer.model();
  if (model.layer_shape(layer).rank() != 3) {
    return Error{"bad_argument",
                 "Grad-CAM needs a layer whose output is maps; " + model.layer(layer).name + " gives " +
                     to_string(model.layer_shape(layer)),
                 layer};
  }
  observer.go_back(exec, class_index);
  const Grid size = grid(model.layer_shape(layer));
  const std::span<const float> maps = observer.output(layer), gradient = observer.gradient(layer);
  const auto channels = static_cast<std::size_t>(size.channels);
  const std::size_t places = maps.size() / channels;
  std::vector<double> weights(channels, 0.0);
  for (std::size_t i = 0; i < gradient.size(); ++i) weights[i % channels] += static_cast<double>(gradient[i]);
  HeatMap map{size.rows, size.columns, {}};
  for (std::size_t place = 0; place < places; ++place) {
    double sum = 0;
    for (std::size_t k = 0; k < channels; ++k)
      sum += weights[k] / static_cast<double>(places) * static_cast<double>(maps[place * channels + k]);
    map.values.push_back(static_cast<float>(std::max(sum, 0.0)));
  }
  return map;
}

int last_map_layer(const Model& model) {
  for (int layer = model.layer_count() - 1; layer > 0; --layer) {
    const Shape& shape = model.layer_shape(layer);
    const bool same =
        model.layer(layer).is_identity(false) && model.layer(layer).activation().kind == Activation::linear;
    if (!same && shape.rank() == 3 && shape[0] * shape[1] > 1) return layer;
  }
  return -1;
}

std::vector<float> input_gradient(Exec& exec, Observer& observer, int class_index) {
  observer.go_back(exec, class_index);
  const Model& model = observer.model();
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    if (!model.layer_inputs(layer).empty()) continue;
    const std::span<const float> gradient = observer.gradient(layer);
    return {gradient.begin(), gradient.end()};
  }
  return {};
}

HeatMap saliency(const Grid& picture, std::span<const float> gradient) {
  HeatMap map{picture.rows, picture.columns, {}};
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (std::size_t i = 0; i < gradient.size(); i += channels) {
    float largest = 0;
    for (std::size_t c = 0; c < channels; ++c) largest = std::max(largest, std::fabs(gradient[i + c]));
    map.values.push_back(largest);
  }
  return map;
}

}  // namespace cnn
