#include "core/inspect/walkthrough.h"

#include <algorithm>
#include <limits>

#include "core/kernels/activation.h"

namespace cnn {
namespace {

/// Reads the window's numbers; 0 in the padding.
void read_window(const Observer& observer, Walkthrough& walk) {
  const std::span<const float> x = observer.output(walk.input);
  const Grid size = grid(observer.model().layer_shape(walk.input));
  for (int u = 0; u < walk.window.height; ++u) {
    for (int v = 0; v < walk.window.width; ++v) {
      for (int c = 0; c < walk.channels; ++c) {
        const Unit from{walk.window.top + u, walk.window.left + v, walk.first_channel + c};
        walk.values.push_back(is_inside(size, from) ? x[index_of(size, from)] : 0.0f);
      }
    }
  }
}

void add_up(const UnitWeights& unit, Walkthrough& walk) {
  walk.weights = unit.weights;
  walk.channel_sums.assign(static_cast<std::size_t>(walk.channels), 0.0);
  for (std::size_t i = 0; i < walk.values.size(); ++i) {
    walk.products.push_back(static_cast<double>(walk.values[i]) * static_cast<double>(walk.weights[i]));
    walk.channel_sums[i % static_cast<std::size_t>(walk.channels)] += walk.products.back();
  }
  for (const double sum : walk.channel_sums) walk.before += sum;
  if (unit.bias) {
    walk.bias = static_cast<double>(*unit.bias);
    walk.before += *walk.bias;
  }
}

/// Pooling: padding never counts.
void pool(const Observer& observer, Walkthrough& walk) {
  const Grid size = grid(observer.model().layer_shape(walk.input));
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  int cells = 0;
  for (int u = 0; u < walk.window.height; ++u) {
    for (int v = 0; v < walk.window.width; ++v) {
      if (!is_inside(size, {walk.window.top + u, walk.window.left + v, 0})) continue;
      const auto value =
          static_cast<double>(walk.values[static_cast<std::size_t>(u * walk.window.width + v)]);
      largest = std::max(largest, value);
      sum += value;
      ++cells;
    }
  }
  walk.before = walk.rule == Reach::Rule::largest ? largest
                : walk.rule == Reach::Rule::mean  ? sum / cells
                                                  : sum;
}

/// `before` through the layer's activation function; for softmax, which needs all units, the layer's output.
double activated(Exec& exec, const ActivationSpec& spec, const Walkthrough& walk) {
  if (spec.kind == Activation::linear) return walk.before;
  if (spec.kind == Activation::softmax) return static_cast<double>(walk.output);
  const auto x = static_cast<float>(walk.before);
  float y = 0;
  activation_forward(exec, spec.kind, static_cast<float>(spec.alpha), 1, &x, &y);
  return static_cast<double>(y);
}

}  // namespace

Result<Walkthrough> walk_through(Exec& exec, const Observer& observer, int layer, const Unit& unit) {
  const Model& model = observer.model();
  const Layer& op = model.layer(layer);
  const Grid size = grid(model.layer_shape(layer));
  if (!is_inside(size, unit)) {
    return Error{"bad_argument",
                 op.name + " has " + std::to_string(size.rows) + " rows, " + std::to_string(size.columns) +
                     " columns and " + std::to_string(size.channels) + " channels; there is no unit (" +
                     std::to_string(unit.row) + ", " + std::to_string(unit.column) + ", " +
                     std::to_string(unit.channel) + ")",
                 layer};
  }
  const std::span<const int> inputs = model.layer_inputs(layer);
  const Reach reach = inputs.size() == 1 ? op.reach(model.layer_shape(inputs[0])) : Reach{};
  if (reach.rule == Reach::Rule::own) {
    return Error{
        "bad_argument",
        op.name + ": its numbers do not come from a window of the previous layer, so there is no sum to show",
        layer};
  }
  Walkthrough walk;
  walk.layer = layer;
  walk.input = inputs[0];
  walk.unit = unit;
  walk.rule = reach.rule;
  walk.window = {unit.row * reach.stride.height - reach.before.height,
                 unit.column * reach.stride.width - reach.before.width, reach.window.height,
                 reach.window.width};
  walk.output = observer.output(layer)[index_of(size, unit)];
  if (reach.rule == Reach::Rule::weights) {
    const std::vector<float*> arrays = observer.parameters(layer);
    const std::vector<const float*> params(arrays.begin(), arrays.end());
    const UnitWeights weights = op.unit_weights(model.layer_shape(walk.input), unit.channel, params);
    walk.first_channel = weights.first_channel;
    walk.channels = weights.channels;
    read_window(observer, walk);
    add_up(weights, walk);
  } else {
    walk.first_channel = unit.channel;
    walk.channels = 1;
    read_window(observer, walk);
    pool(observer, walk);
  }
  walk.after = activated(exec, op.activation(), walk);
  return walk;
}

}  // namespace cnn
