#include "core/layers/layer_normalization.h"

#include <cmath>

#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

struct Moments {
  double mean = 0, factor = 0;  // 1 / sqrt(variance + epsilon)
  Moments(const float* x, std::size_t n, double epsilon) {
    for (std::size_t c = 0; c < n; ++c) mean += static_cast<double>(x[c]);
    mean /= static_cast<double>(n);
    double variance = 0;
    for (std::size_t c = 0; c < n; ++c) {
      const double d = static_cast<double>(x[c]) - mean;
      variance += d * d;
    }
    factor = 1 / std::sqrt(variance / static_cast<double>(n) + epsilon);
  }
};

}  // namespace

void LayerNormalization::fields(Fields& field) {
  field.axis("axis", axis);
  field("epsilon", epsilon, {.min = 0, .max = 1}, "Added to the variance to avoid a division by 0.");
  field("center", center, "Add a learned shift to each channel (beta).");
  field("scale", scale, "Multiply each channel by a learned factor (gamma).");
  field.fixed("rms_scaling", {false}, "plain layer normalization only");
  field("beta_initializer", beta_initializer, "Initial shifts.");
  field("gamma_initializer", gamma_initializer, "Initial factors.");
  ignore(field, {"beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"});
}

Result<Shape> LayerNormalization::output_shape(const Shape& x) const {
  if (x.rank() == 0 || (axis != -1 && axis != x.rank())) {
    return Error{"bad_config", "axis must be -1, the last (channels), not " + std::to_string(axis)};
  }
  return x;
}

std::vector<ParameterSpec> LayerNormalization::params(const Shape& x) const {
  const Shape channels{x.back()};
  std::vector<ParameterSpec> list;
  if (scale) list.push_back({"gamma", channels, gamma_initializer});
  if (center) list.push_back({"beta", channels, beta_initializer});
  return list;
}

void LayerNormalization::forward(const Forward& f) const {
  const auto channels = static_cast<std::size_t>(f.x_shape().back());
  const std::size_t n = static_cast<std::size_t>(f.batch) * count(f.x_shape());
  const float* gamma = scale ? f.params[0] : nullptr;
  const float* beta = center ? f.params[scale ? 1 : 0] : nullptr;
  for (std::size_t at = 0; at < n; at += channels) {
    const Moments moments(f.x() + at, channels, epsilon);
    for (std::size_t c = 0; c < channels; ++c) {
      const double h = (static_cast<double>(f.x()[at + c]) - moments.mean) * moments.factor;
      f.y[at + c] = static_cast<float>(h * (gamma ? static_cast<double>(gamma[c]) : 1.0) +
                                       (beta ? static_cast<double>(beta[c]) : 0.0));
    }
  }
}

void LayerNormalization::backward(const Backward& b) const {
  const auto channels = static_cast<std::size_t>(b.x_shape().back());
  const std::size_t n = static_cast<std::size_t>(b.batch) * count(b.x_shape());
  const float* gamma = scale ? b.params[0] : nullptr;
  float* dgamma = scale ? b.gradients[0] : nullptr;
  float* dbeta = center ? b.gradients[scale ? 1 : 0] : nullptr;
  for (std::size_t at = 0; at < n; at += channels) {
    const float *x = b.x() + at, *dy = b.dy + at;
    const Moments moments(x, channels, epsilon);
    const auto normal = [&](std::size_t c) {
      return (static_cast<double>(x[c]) - moments.mean) * moments.factor;
    };
    const auto scaled = [&](std::size_t c) {
      return static_cast<double>(dy[c]) * (gamma ? static_cast<double>(gamma[c]) : 1.0);
    };
    double sum = 0, product = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      sum += scaled(c);
      product += scaled(c) * normal(c);
      if (dgamma) dgamma[c] += static_cast<float>(static_cast<double>(dy[c]) * normal(c));
      if (dbeta) dbeta[c] += dy[c];
    }
    if (!b.dx()) continue;
    sum /= static_cast<double>(channels), product /= static_cast<double>(channels);
    for (std::size_t c = 0; c < channels; ++c) {
      b.dx()[at + c] = static_cast<float>((scaled(c) - sum - normal(c) * product) * moments.factor);
    }
  }
}

Result<void> LayerNormalization::onnx(OnnxGraph& graph) const {
  const std::vector<std::int64_t> dims{graph.x_shape().back()};
  const auto channels = static_cast<std::size_t>(graph.x_shape().back());
  const std::string gamma =
      scale ? graph.constant(0) : graph.constant("fixed_gamma", dims, std::vector<float>(channels, 1));
  const std::string beta = center ? graph.constant(scale ? 1 : 0) : "";
  const bool is_map = graph.x_shape().rank() == 3;
  const std::string x = is_map ? graph.channels_last(graph.x()) : graph.x();
  const std::string y = graph.add("LayerNormalization", {x, gamma, beta},
                                  {OnnxAttribute::of("axis", std::int64_t{-1}),
                                   OnnxAttribute::of("epsilon", static_cast<float>(epsilon))});
  graph.give(is_map ? graph.channels_first(y) : y);
  return {};
}

}  // namespace cnn
