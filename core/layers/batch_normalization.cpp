#include "core/layers/batch_normalization.h"

#include <algorithm>
#include <cmath>

#include "core/kernels/batch_normalization.h"
#include "core/kernels/elementwise.h"
#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
void BatchNormalization::fields(Fields& field) {
  field.axis("axis", axis);
  field("momentum", momentum, {.min = 0, .max = 1}, "How slowly the moving averages follow the batches.");
  field("epsilon", epsilon, {.min = 0, .max = 1}, "Added to the variance to avoid a division by 0.");
  field("center", center, "Add a learned shift to each map (beta).");
  field("scale", scale, "Multiply each map by a learned factor (gamma).");
  field.beyond_keras("batch_statistics", batch_statistics);
  field("beta_initializer", beta_initializer, "Initial shifts.");
  field("gamma_initializer", gamma_initializer, "Initial factors.");
  field("moving_mean_initializer", moving_mean_initializer, "Initial moving mean.");
  field("moving_variance_initializer", moving_variance_initializer, "Initial moving variance.");
  ignore(field, {"beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint",
                 "renorm_clipping", "renorm_momentum", "fused", "adjustment", "input_spec"});
  field.fixed("renorm", {false}, "plain batch normalization only");
  field.fixed("virtual_batch_size", {Json()}, "statistics are over the whole batch");
  field.fixed("synchronized", {false}, "there is one device");
}

Result<Shape> BatchNormalization::output_shape(const Shape& x) const {
  if (x.rank() == 0 || (axis != -1 && axis != x.rank())) {
    return Error{"bad_config", "axis must be -1, the last (channels), not " + std::to_string(axis)};
  }
  return x;
}

std::vector<ParameterSpec> BatchNormalization::params(const Shape& x) const {
  const Shape channels{x.back()};
  std::vector<ParameterSpec> list;
  if (scale) list.push_back({"gamma", channels, gamma_initializer});
  if (center) list.push_back({"beta", channels, beta_initializer});
  list.push_back({"moving_mean", channels, moving_mean_initializer, {}, false});
  list.push_back({"moving_variance", channels, moving_variance_initializer, {}, false});
  return list;
}

Needs BatchNormalization::needs(const Shape& x, int) const {
  const auto channels = static_cast<std::uint64_t>(x.back());
  return {.saved_bytes = 2 * channels * sizeof(float),
          .forward_scratch_floats = 2 * channels,
          .backward_scratch_floats = channels,
          .backward_reads_x = true,
          .in_place = true};
}

double BatchNormalization::flops(const Shape&, const Shape& y) const {
  return 4.0 * static_cast<double>(count(y));
}

void BatchNormalization::forward(const Forward& f) const {
  const int channels = f.x_shape().back(), rows = row_count(f.batch, f.x_shape());
  const float* gamma = scale ? f.params[0] : nullptr;
  const float* beta = center ? f.params[beta_index()] : nullptr;
  float* moving_mean = f.params[mean_index()];
  float* moving_variance = f.params[mean_index() + 1];
  const BatchNormalizationInput in{rows, channels, f.x(), gamma, beta, static_cast<float>(epsilon)};
  if (!uses_batch(f.training)) {
    batch_normalization_forward_inference(f.exec, in, moving_mean, moving_variance, f.y);
    return;
  }
  float* mean = f.saved ? static_cast<float*>(f.saved) : f.scratch;
  float* variance = mean + channels;
  if (f.repeat) {  // the last step of forward in training
    batch_normalization_forward_inference(f.exec, in, mean, variance, f.y);
    return;
  }
  batch_normalization_forward_training(f.exec, in, mean, variance, f.y);
  if (!f.training || !trainable) return;
  const auto n = static_cast<std::size_t>(channels);
  lerp(f.exec, n, static_cast<float>(momentum), mean, moving_mean);
  lerp(f.exec, n, static_cast<float>(momentum), variance, moving_variance);
}

void BatchNormalization::backward(const Backward& b) const {
  if (!uses_batch(b.training)) {
    backward_with_moving_averages(b);
    return;
  }
  const int channels = b.x_shape().back(), rows = row_count(b.batch, b.x_shape());
  const auto* mean = static_cast<const float*>(b.saved);
  const BatchNormalizationInput in{
      rows, channels, b.x(), scale ? b.params[0] : nullptr, nullptr, static_cast<float>(epsilon)};
  batch_normalization_backward(b.exec, in, mean, mean + channels, b.dy,
                               {.gamma = scale ? b.gradients[0] : nullptr,
                                .beta = center ? b.gradients[beta_index()] : nullptr,
                                .x = b.dx()});
}

/// With constant mean and s = sqrt(variance + epsilon), y = gamma * (x - mean) / s + beta has the gradient
/// dx = gamma / s * dy: that is forward, with mean and beta 0.
void BatchNormalization::backward_with_moving_averages(const Backward& b) const {
  const int channels = b.x_shape().back(), rows = row_count(b.batch, b.x_shape());
  const auto n = static_cast<std::size_t>(channels);
  const float* mean = b.params[mean_index()];
  const float* variance = b.params[mean_index() + 1];
  float* dgamma = scale ? b.gradients[0] : nullptr;
  float* dbeta = center ? b.gradients[beta_index()] : nullptr;
  if (dbeta) add_column_sums(b.exec, rows, channels, b.dy, dbeta);
  if (dgamma) {
    for (std::size_t c = 0; c < n; ++c) {
      double sum = 0;
      for (std::size_t at = c; at < n * static_cast<std::size_t>(rows); at += n) {
        sum +=
            static_cast<double>(b.dy[at]) * (static_cast<double>(b.x()[at]) - static_cast<double>(mean[c]));
      }
      dgamma[c] += static_cast<float>(sum / std::sqrt(static_cast<double>(variance[c]) + epsilon));
    }
  }
  if (!b.dx()) return;
  std::fill(b.scratch, b.scratch + n, 0.0f);
  const BatchNormalizationInput in{
      rows, channels, b.dy, scale ? b.params[0] : nullptr, nullptr, static_cast<float>(epsilon)};
  batch_normalization_forward_inference(b.exec, in, b.scratch, variance, b.dx());
}

std::optional<ChannelMap> BatchNormalization::channel_map(const Shape& x,
                                                          std::span<const float* const> params) const {
  if (params.empty()) return {};
  const float *mean = params[mean_index()], *variance = params[mean_index() + 1];
  ChannelMap map;
  for (std::size_t c = 0; c < static_cast<std::size_t>(x.back()); ++c) {
    const double gamma = scale ? static_cast<double>(params[0][c]) : 1;
    const double beta = center ? static_cast<double>(params[beta_index()][c]) : 0;
    map.factor.push_back(gamma / std::sqrt(static_cast<double>(variance[c]) + epsilon));
    map.offset.push_back(beta - static_cast<double>(mean[c]) * map.factor.back());
  }
  return map;
}

Result<void> BatchNormalization::onnx(OnnxGraph& graph) const {
  const auto channels = static_cast<std::size_t>(graph.x_shape().back());
  const std::vector<std::int64_t> dims{graph.x_shape().back()};
  const auto fixed = [&](std::string_view what, float value) {
    return graph.constant(what, dims, std::vector<float>(channels, value));
  };
  const std::string gamma = scale ? graph.constant(0) : fixed("fixed_gamma", 1);
  const std::string beta = center ? graph.constant(beta_index()) : fixed("fixed_beta", 0);
  std::vector<OnnxAttribute> attributes{OnnxAttribute::of("epsilon", static_cast<float>(epsilon))};
  if (batch_statistics) attributes.push_back(OnnxAttribute::of("training_mode", std::int64_t{1}));
  graph.give(
      graph.add("BatchNormalization",
                {graph.x(), gamma, beta, graph.constant(mean_index()), graph.constant(mean_index() + 1)},
                std::move(attributes)));
  return {};
}

}  // namespace cnn
