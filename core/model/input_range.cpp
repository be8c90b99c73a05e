// Infers the pixel range a model takes, 0 to 1 or 0 to 255, from its first layers.
#include <cmath>

#include "core/layers/input_layer.h"
#include "core/model/model_graph.h"

namespace cnn {
namespace {

/// The first layers turn pixels into numbers around 0 that differ by about 1. By what they multiply pixels:
/// from 1/20 (a deviation of 20 in bytes) down to 1/255 for bytes, from 1 to 10 for pixels from 0 to 1.
constexpr double kFactorOfBytes = 1.0 / 16;
/// The pixel that becomes 0. A mean of bytes is a large number (124), one of pixels from 0 to 1 is at most 1.
constexpr double kCenterOfBytes = 2;

bool is_for_bytes(const ChannelMap& map) {
  for (std::size_t c = 0; c < map.factor.size(); ++c) {
    const double factor = std::abs(map.factor[c]);
    if (factor == 0 || !std::isfinite(factor)) continue;  // tells nothing
    if (factor < kFactorOfBytes || -map.offset[c] / map.factor[c] > kCenterOfBytes) return true;
  }
  return false;
}

}  // namespace

InputRange& Model::Graph::input_range() {
  return static_cast<InputLayer&>(*nodes[static_cast<std::size_t>(input_node)].layer).range;
}

InputRange Model::Graph::range_of_first_layers(bool with_weights) const {
  const Shape& pictures = nodes[static_cast<std::size_t>(input_node)].shape;
  if (pictures.rank() != 3) return InputRange::unit;
  const auto channels = static_cast<std::size_t>(pictures.back());
  ChannelMap total{std::vector<double>(channels, 1), std::vector<double>(channels, 0)};
  bool known = false;
  for (int before = input_node;;) {
    const Node* next = nullptr;
    int readers = 0, index = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (const int input : nodes[i].inputs) {
        if (input != before) continue;
        ++readers, next = &nodes[i], index = static_cast<int>(i);
      }
    }
    if (readers != 1 || next->inputs.size() != 1) break;
    const Layer& layer = *next->layer;
    if (layer.activation().kind != Activation::linear) break;
    if (!layer.is_identity(false)) {
      std::vector<const float*> params;
      for (std::size_t p = 0; with_weights && p < next->parameter_count; ++p)
        params.push_back(parameters[next->first_parameter + p].value.data());
      const std::optional<ChannelMap> map = layer.channel_map(next->input_shapes[0], params);
      if (!map || map->factor.size() != channels) break;
      for (std::size_t c = 0; c < channels; ++c) {
        total.factor[c] *= map->factor[c];
        total.offset[c] = total.offset[c] * map->factor[c] + map->offset[c];
      }
      known = true;
    } else if (!(next->shape == pictures)) {
      break;
    }
    before = index;
  }
  return known && is_for_bytes(total) ? InputRange::bytes : InputRange::unit;
}

std::string Model::input_text() const {
  if (input_range() == InputRange::unit) return "takes pixels 0 to 1";
  const bool scaled = range_by_weights() == InputRange::bytes;
  return scaled ? "takes pixels 0 to 255, scaled by its first layer" : "takes pixels 0 to 255";
}

}  // namespace cnn
