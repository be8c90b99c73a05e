#include "core/training/kept_weights.h"

#include <algorithm>
#include <utility>

#include "core/kernels/elementwise.h"

namespace cnn {

KeptWeights::KeptWeights(Model& model, const Optimizer& optimizer) : model_(model), optimizer_(optimizer) {
  if (optimizer_.use_ema) {
    copy(average_);
    const std::span<const Parameter> parameters = std::as_const(model_).parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (parameters[i].gradient.empty()) average_[i].clear();
  }
  restart_slow();
  keep_last_good();
}

void KeptWeights::update_average(Exec& exec, std::size_t parameter, std::int64_t step) {
  if (!optimizer_.use_ema) return;
  const std::span<const float> value = std::as_const(model_).parameters()[parameter].value;
  // As in Keras, the average begins with the weights after the first step.
  const float weight = step == 1 ? 0.0f : static_cast<float>(optimizer_.ema_momentum);
  lerp(exec, value.size(), weight, value.data(), average_[parameter].data());
}

void KeptWeights::use_average(bool in_model) {
  if (!optimizer_.use_ema || in_model == average_in_model_) return;
  average_in_model_ = in_model;
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    std::swap_ranges(average_[i].begin(), average_[i].end(), parameters[i].value.begin());
}

void KeptWeights::restart_slow() {
  if (optimizer_.lookahead_steps > 0) copy(slow_);
}

void KeptWeights::look_ahead(Exec& exec, double decay) {
  if (optimizer_.lookahead_steps == 0) return;
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    lerp(exec, slow_[i].size(), static_cast<float>(decay), parameters[i].value.data(), slow_[i].data());
  put(slow_);
}

void KeptWeights::keep_best() {
  use_average(true);
  copy(best_);
  use_average(false);
}

void KeptWeights::put_result() {
  use_average(!has_best());
  if (has_best()) put(best_);
}

void KeptWeights::put_last_good() {
  use_average(false);
  put(last_good_);
}

void KeptWeights::append_arrays(std::size_t parameter, std::vector<NamedArray>& arrays) {
  const std::string& name = std::as_const(model_).parameters()[parameter].name;
  const auto append = [&](std::string_view copy, Weights& weights) {
    if (weights.empty() || weights[parameter].empty()) return;
    arrays.push_back({std::string(copy) + "/" + name, weights[parameter]});
  };
  append("slow", slow_);
  append("average", average_);
  append("best", best_);
}

void KeptWeights::begin_restore(bool average_in_model, bool has_best) {
  average_in_model_ = average_in_model;
  keep_last_good();
  if (has_best) best_ = last_good_;
}

void KeptWeights::copy(Weights& to) const {
  const std::span<const Parameter> parameters = std::as_const(model_).parameters();
  to.resize(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i)
    to[i].assign(parameters[i].value.begin(), parameters[i].value.end());
}

void KeptWeights::put(const Weights& from) {
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    std::copy(from[i].begin(), from[i].end(), parameters[i].value.begin());
}

}  // namespace cnn
