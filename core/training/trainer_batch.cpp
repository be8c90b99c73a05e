// Trainer: one mini-batch. Pictures, forward, loss, backward, then the update of the weights.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/random.h"
#include "core/kernels/elementwise.h"
#include "core/training/augmented.h"
#include "core/training/regularization.h"
#include "core/training/trainer.h"

namespace cnn {
namespace {

constexpr std::size_t kSmallGradient = 4096;  // numbers; summing these at every step costs next to nothing

}  // namespace

void Trainer::make_order() {
  order_.resize(epoch_images_);
  std::iota(order_.begin(), order_.end(), 0u);
  if (!options_.shuffle) return;
  RandomStream random(static_cast<std::uint64_t>(options_.seed), RandomPurpose::shuffle,
                      static_cast<std::uint64_t>(epoch_));
  for (std::size_t i = order_.size(); i > 1; --i) {
    std::swap(order_[i - 1], order_[random.below(static_cast<std::uint32_t>(i))]);
  }
}

Result<void> Trainer::adapt() {
  constexpr std::size_t most = 5000, in_one = 100;  // pictures: as many as in the whitening recipe
  const std::size_t n = std::min(most, epoch_images_);
  std::vector<std::uint32_t> indices(n);
  std::iota(indices.begin(), indices.end(), 0u);
  return model_.adapt(exec_, [&](int index, int& batch) -> const float* {
    const std::size_t first = static_cast<std::size_t>(index) * in_one;
    if (first >= n) return nullptr;
    const std::size_t rows = std::min(in_one, n - first);
    batch_.assemble(exec_, train_, std::span<const std::uint32_t>(indices).subspan(first, rows));
    batch = static_cast<int>(rows);
    return batch_.x();
  });
}

Result<void> Trainer::train_batch() {
  if (epoch_images_ == 0) epoch_images_ = train_count();  // includes new pictures
  if (model_.wants_pictures()) {
    if (auto adapted = adapt(); !adapted) return adapted;
  }
  if (order_.empty()) make_order();
  if (sums_.images == 0) kept_.keep_last_good();
  if (global_step_ == 0) kept_.restart_slow();
  const std::size_t rows =
      std::min(static_cast<std::size_t>(options_.batch_size), epoch_images_ - sums_.images);
  batch_.assemble(exec_, train_, std::span<const std::uint32_t>(order_).subspan(sums_.images, rows));
  const auto seed = static_cast<std::uint64_t>(options_.seed),
             step = static_cast<std::uint64_t>(global_step_);
  const int n = static_cast<int>(rows);
  const float* x = batch_.x();
  ForwardOptions how;
  how.training = true;
  how.step = step;
  how.pictures = order_.data() + sums_.images;
  how.epoch = static_cast<std::uint64_t>(epoch_);
  if (augmentation_) {
    how.seed = augmentation_seed(seed);
    x = augmentation_->forward(exec_, x, n, how);
  }
  how.seed = seed;
  if (auto reserved = model_.reserve(options_.batch_size, true); !reserved) return reserved;
  const float* outputs = model_.forward(exec_, x, n, how);

  LossBatch b;
  b.rows = n;
  b.classes = model_.output_shape().back();
  b.are_logits = outputs_are_logits(model_, *options_.loss);
  b.outputs = b.are_logits ? model_.logits() : outputs;
  b.labels = batch_.labels();
  b.gradient_scale = options_.loss->reduction == Reduction::sum ? 1.0f : 1.0f / static_cast<float>(rows);
  b.gradient = d_logits_.data();
  const double loss = (*options_.loss)(b) / static_cast<double>(rows) + penalty(model_);
  int correct = 0;
  for (int row = 0; row < n; ++row)
    correct += argmax(b.outputs + row * b.classes, b.classes) == b.labels[row];
  if (!(loss <= kDivergedLoss)) return diverge("the loss", loss);

  // The middle of the step: at its ends a warm-up's first rate or a decay's last one would be 0.
  const double position = position_after(0.5 * static_cast<double>(rows));
  step_learning_rate_ = learning_rate_ * options_.schedule->factor(position, options_.epochs);
  ++global_step_;
  choose_fused();
  model_.zero_gradients(fused_);
  model_.backward(exec_, d_logits_.data(), fused_);
  add_penalty_gradients(model_);
  if (std::exchange(wants_norms_, false)) norms_ = layer_norms(exec_, model_.parameters());
  if (auto updated = update(); !updated) return updated;
  const int every = options_.optimizer->lookahead_steps;
  if (every > 0 && global_step_ % every == 0) {
    const double progress = std::min(1.0, position_after(static_cast<double>(rows)) / options_.epochs);
    kept_.look_ahead(
        exec_, options_.optimizer->lookahead_decay * std::pow(progress, options_.optimizer->lookahead_power));
  }

  sums_.add_batch(rows, loss, correct);
  batch_loss_ = loss;
  batch_accuracy_ = correct / static_cast<double>(rows);
  return {};
}

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
    kept_.update_average(exec_, i, global_step_);
  }
  return {};
}

}  // namespace cnn
