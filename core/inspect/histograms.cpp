#include "core/inspect/histograms.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/inspect/slices.h"
#include "core/training/losses.h"

namespace cnn {
namespace {

double dead_share(std::span<const float> outputs, std::size_t channels) {
  std::vector<char> alive(channels, 0);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i] != 0) alive[i % channels] = 1;
  }
  return static_cast<double>(std::count(alive.begin(), alive.end(), 0)) / static_cast<double>(channels);
}

}  // namespace

Histogram histogram(std::span<const float> numbers, int bins) {
  Histogram result;
  double sum = 0, squares = 0, count = 0;
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    const auto x = static_cast<double>(number);
    result.low = count == 0 ? x : std::min(result.low, x);
    result.high = count == 0 ? x : std::max(result.high, x);
    sum += x;
    ++count;
  }
  if (count == 0) return result;
  result.mean = sum / count;
  result.counts.assign(static_cast<std::size_t>(bins), 0);
  const double width = (result.high - result.low) / bins;
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    const auto x = static_cast<double>(number);
    squares += (x - result.mean) * (x - result.mean);
    const double bin = width > 0 ? std::floor((x - result.low) / width) : 0;
    ++result.counts[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)))];
  }
  result.deviation = std::sqrt(squares / count);
  return result;
}

Result<std::vector<LayerHistograms>> layer_histograms(Exec& exec, Observer& observer, const Dataset& data,
                                                      int bins) {
  Model& model = observer.model();
  std::vector<std::uint32_t> indices(std::min(static_cast<std::size_t>(slice_pictures(model)), data.size()));
  std::iota(indices.begin(), indices.end(), std::uint32_t{0});
  Batch batch;
  batch.assemble(exec, data, indices);
  if (auto kept = observer.keep_all(exec, batch.x(), batch.rows()); !kept) return kept.error();
  const int classes = model.output_shape().back();
  std::vector<float> d_logits(indices.size() * static_cast<std::size_t>(classes));
  cross_entropy_from_logits(batch.rows(), classes, model.logits(), batch.labels(), 0,
                            1 / static_cast<float>(indices.size()), d_logits.data());
  model.zero_gradients();
  model.backward(exec, d_logits.data());
  std::vector<LayerHistograms> layers;
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    if (model.layer_inputs(layer).empty()) continue;
    LayerHistograms of{layer, {}, {}, {}, {}};
    std::vector<float> weights, gradients;
    for (const Parameter& parameter : model.parameters()) {
      if (parameter.layer != layer || !parameter.trainable || parameter.name.ends_with("/bias")) continue;
      weights.insert(weights.end(), parameter.value.begin(), parameter.value.end());
      gradients.insert(gradients.end(), parameter.gradient.begin(), parameter.gradient.end());
    }
    of.weights = histogram(weights, bins);
    of.gradients = histogram(gradients, bins);
    const std::span<const float> outputs = observer.output(layer);
    of.activations = histogram(outputs, bins);
    if (model.layer(layer).activation().kind == Activation::relu)
      of.dead = dead_share(outputs, static_cast<std::size_t>(model.layer_shape(layer).back()));
    layers.push_back(std::move(of));
  }
  return layers;
}

}  // namespace cnn
