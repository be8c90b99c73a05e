// Trainer: the update of the weights from the gradients, and the copies of the weights.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/kernels/elementwise.h"
#include "core/training/trainer.h"

namespace cnn {
namespace {

constexpr std::size_t kSmallGradient = 4096;  // numbers; summing these at every step costs next to nothing

}  // namespace

/// Whether the parameter changes in this epoch.
bool Trainer::learns(std::size_t parameter) const {
  const Parameter& p = std::as_const(model_).parameters()[parameter];
  const ParameterGroup* group = slots_[parameter].group;
  return p.trainable && !p.gradient.empty() &&
         !(group && group->frozen_after && epoch_ >= *group->frozen_after);
}

double Trainer::gradient_scale(const Parameter& parameter, double global_scale) const {
  if (!options_.optimizer->clipnorm) return global_scale;
  const double norm = std::sqrt(sum_of_squares(exec_, parameter.gradient.size(), parameter.gradient.data()));
  return norm > *options_.optimizer->clipnorm ? *options_.optimizer->clipnorm / norm : 1;
}

/// Sets rate and decay; the caller sets the arrays.
OptimizerStep Trainer::optimizer_step(std::size_t parameter) const {
  const ParameterGroup* group = slots_[parameter].group;
  OptimizerStep s;
  s.step = global_step_;
  s.learning_rate = step_learning_rate_ * (group ? group->learning_rate_factor : 1);
  s.weight_decay =
      group && group->weight_decay ? *group->weight_decay : options_.optimizer->weight_decay.value_or(0);
  return s;
}

/// Nothing is fused with clipping, which needs all gradients before the first update, or with norms, which
/// need them in memory.
void Trainer::choose_fused() {
  fused_.clear();
  const Optimizer& optimizer = *options_.optimizer;
  if (optimizer.clipnorm || optimizer.global_clipnorm || wants_norms_) return;
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    if (!learns(i) || p.gradient.size() <= kSmallGradient || !model_.fuses_adam(i)) continue;
    const std::optional<AdamStep> step = optimizer.adam_step(optimizer_step(i));
    if (!step) return;
    fused_.push_back({i, *step, p.value.data(), slots_[i].arrays[0].data(), slots_[i].arrays[1].data()});
  }
}

Result<void> Trainer::update() {
  const ProfileScope scope(exec_.profile, model_.layer_count(), Pass::update);
  const std::span<Parameter> parameters = model_.parameters();
  const Optimizer& optimizer = *options_.optimizer;
  // Of all gradients if clipping needs them; otherwise of the small ones, to notice overflow.
  double squares = 0;
  for (const Parameter& p : parameters) {
    if (!p.trainable || p.gradient.empty()) continue;
    if (!optimizer.global_clipnorm && p.gradient.size() > kSmallGradient) continue;
    squares += sum_of_squares(exec_, p.gradient.size(), p.gradient.data());
  }
  if (!std::isfinite(squares)) return diverge("the gradients are not finite");
  double global_scale = 1;
  if (optimizer.global_clipnorm && std::sqrt(squares) > *optimizer.global_clipnorm) {
    global_scale = *optimizer.global_clipnorm / std::sqrt(squares);
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    if (!learns(i)) continue;
    if (std::none_of(fused_.begin(), fused_.end(), [i](const FusedAdam& f) { return f.parameter == i; })) {
      float* arrays[2] = {};
      for (std::size_t a = 0; a < slots_[i].arrays.size(); ++a) arrays[a] = slots_[i].arrays[a].data();
      OptimizerStep s = optimizer_step(i);
      s.gradient_scale = gradient_scale(p, global_scale);
      s.size = p.value.size();
      s.weights = p.value.data();
      s.gradients = p.gradient.data();
      s.slots = arrays;
      optimizer.update(exec_, s);
    }
    if (optimizer.use_ema) average_weights(i);
  }
  return {};
}

void Trainer::average_weights(std::size_t i) {
  const std::span<const float> value = std::as_const(model_).parameters()[i].value;
  // As in Keras, the average begins with the weights after the first step.
  const float weight = global_step_ == 1 ? 0.0f : static_cast<float>(options_.optimizer->ema_momentum);
  lerp(exec_, value.size(), weight, value.data(), slots_[i].average.data());
}

void Trainer::use_average(bool in_model) {
  if (!options_.optimizer->use_ema || in_model == average_in_model_) return;
  average_in_model_ = in_model;
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::vector<float>& average = slots_[i].average;
    std::swap_ranges(average.begin(), average.end(), parameters[i].value.begin());
  }
}

void Trainer::begin_lookahead() {
  if (options_.optimizer->lookahead_steps == 0) return;
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    slots_[i].slow.assign(parameters[i].value.begin(), parameters[i].value.end());
}

void Trainer::look_ahead(double decay) {
  if (options_.optimizer->lookahead_steps == 0) return;
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::vector<float>& slow = slots_[i].slow;  // includes moving averages, which belong to the weights
    lerp(exec_, slow.size(), static_cast<float>(decay), parameters[i].value.data(), slow.data());
    std::copy(slow.begin(), slow.end(), parameters[i].value.begin());
  }
}

void Trainer::copy_weights(std::vector<float>& to) const {
  to.clear();
  for (const Parameter& p : std::as_const(model_).parameters())
    to.insert(to.end(), p.value.begin(), p.value.end());
}

void Trainer::set_weights(const std::vector<float>& from) {
  auto at = from.begin();
  for (const Parameter& p : model_.parameters()) {
    std::copy_n(at, p.value.size(), p.value.begin());
    at += static_cast<std::ptrdiff_t>(p.value.size());
  }
}

}  // namespace cnn
