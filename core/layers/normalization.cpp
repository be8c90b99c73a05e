#include "core/layers/normalization.h"

#include <algorithm>
#include <cmath>

#include "core/layers/onnx_graph.h"

namespace cnn {

void Normalization::fields(Fields& field) {
  field.axis("axis", axis);
  field("mean", mean, {}, "Mean of each channel, or one number for all; empty: computed from the data.");
  field("variance", variance, {.min = 0},
        "Variance of each channel, or one number for all; empty: computed from the data.");
  field.fixed("invert", {false}, "use Rescaling for the inverse");
}

Result<Shape> Normalization::output_shape(const Shape& x) const {
  if (x.rank() == 0 || (axis != -1 && axis != x.rank())) {
    return Error{"bad_config", "axis must be -1, the last (channels), not " + std::to_string(axis)};
  }
  const auto fits = [&](const std::vector<double>& list) {
    return list.size() <= 1 || list.size() == static_cast<std::size_t>(x.back());
  };
  if (!fits(mean) || !fits(variance) || mean.empty() != variance.empty()) {
    return Error{"bad_config", "mean and variance must both be given, each with one number or " +
                                   std::to_string(x.back()) + " (one per channel), or both left out"};
  }
  return x;
}

std::vector<ParameterSpec> Normalization::params(const Shape& x) const {
  if (!mean.empty()) return {};
  const Shape channels{x.back()};
  return {{"mean", channels, Initializer::zeros(), {}, false},
          {"variance", channels, Initializer::ones(), {}, false}};
}

Needs Normalization::needs(const Shape& x, int) const {
  const auto channels = static_cast<std::uint64_t>(x.back());
  return {.forward_scratch_floats = 2 * channels, .backward_scratch_floats = channels, .in_place = true};
}

std::size_t Normalization::sum_count(const Shape& x) const {
  // The number of cells, then the sum and the sum of squares of each channel.
  return mean.empty() ? 1 + 2 * static_cast<std::size_t>(x.back()) : 0;
}

void Normalization::gather(const Shape& x_shape, int batch, const float* x, std::span<double> sums) const {
  const auto channels = static_cast<std::size_t>(x_shape.back());
  const std::size_t n = static_cast<std::size_t>(batch) * count(x_shape);
  const std::size_t cells = n / channels;
  sums[0] += static_cast<double>(cells);
  for (std::size_t at = 0; at < n; at += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const auto value = static_cast<double>(x[at + c]);
      sums[1 + c] += value;
      sums[1 + channels + c] += value * value;
    }
  }
}

void Normalization::settle(const Shape& x_shape, std::span<const double> sums,
                           std::span<float* const> params) const {
  const auto channels = static_cast<std::size_t>(x_shape.back());
  for (std::size_t c = 0; c < channels && sums[0] > 0; ++c) {
    const double m = sums[1 + c] / sums[0];
    params[0][c] = static_cast<float>(m);
    params[1][c] = static_cast<float>(std::max(0.0, sums[1 + channels + c] / sums[0] - m * m));
  }
}

float Normalization::mean_of(std::size_t channel, const float* const* params) const {
  return mean.empty() ? params[0][channel] : static_cast<float>(mean[mean.size() == 1 ? 0 : channel]);
}

float Normalization::factor_of(std::size_t channel, const float* const* params) const {
  constexpr double smallest = 1e-7;  // Keras's epsilon
  const double v = variance.empty() ? static_cast<double>(params[1][channel])
                                    : variance[variance.size() == 1 ? 0 : channel];
  return static_cast<float>(1 / std::max(std::sqrt(v), smallest));
}

void Normalization::forward(const Forward& f) const {
  const auto channels = static_cast<std::size_t>(f.x_shape().back());
  const std::size_t n = static_cast<std::size_t>(f.batch) * count(f.x_shape());
  float *means = f.scratch, *factors = f.scratch + channels;
  for (std::size_t c = 0; c < channels; ++c) {
    means[c] = mean_of(c, f.params.data());
    factors[c] = factor_of(c, f.params.data());
  }
  for (std::size_t at = 0; at < n; at += channels) {
    for (std::size_t c = 0; c < channels; ++c) f.y[at + c] = (f.x()[at + c] - means[c]) * factors[c];
  }
}

void Normalization::backward(const Backward& b) const {
  if (!b.dx()) return;
  const auto channels = static_cast<std::size_t>(b.x_shape().back());
  const std::size_t n = static_cast<std::size_t>(b.batch) * count(b.x_shape());
  for (std::size_t c = 0; c < channels; ++c) b.scratch[c] = factor_of(c, b.params.data());
  for (std::size_t at = 0; at < n; at += channels) {
    for (std::size_t c = 0; c < channels; ++c) b.dx()[at + c] = b.dy[at + c] * b.scratch[c];
  }
}

std::optional<ChannelMap> Normalization::channel_map(const Shape& x,
                                                     std::span<const float* const> params) const {
  if (mean.empty() && params.empty()) return {};
  ChannelMap map;
  for (std::size_t c = 0; c < static_cast<std::size_t>(x.back()); ++c) {
    const auto factor = static_cast<double>(factor_of(c, params.data()));
    map.factor.push_back(factor);
    map.offset.push_back(-static_cast<double>(mean_of(c, params.data())) * factor);
  }
  return map;
}

Result<void> Normalization::onnx(OnnxGraph& graph) const {
  const auto channels = static_cast<std::size_t>(graph.x_shape().back());
  const std::vector<float> none(channels);
  const float* params[] = {none.data(), none.data()};  // not read where the configuration has them
  for (std::size_t i = 0; i < graph.parameter_count(); ++i) params[i] = graph.values(i).data();
  std::vector<float> means(channels), factors(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    means[c] = mean_of(c, params);
    factors[c] = factor_of(c, params);
  }
  std::vector<std::int64_t> dims{graph.x_shape().back()};
  if (graph.x_shape().rank() == 3) dims.insert(dims.end(), {1, 1});
  const std::string centered = graph.add("Sub", {graph.x(), graph.constant("mean", dims, std::move(means))});
  graph.give(graph.add("Mul", {centered, graph.constant("factor", dims, std::move(factors))}));
  return {};
}

}  // namespace cnn
