#include "core/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <utility>

#include "core/augmented.h"
#include "core/kernels/elementwise.h"
#include "core/random.h"

namespace cnn {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kSmallGradient = 4096;  // numbers; summing these at every step costs nothing
constexpr double kSpeedMemory = 0.95;         // of the moving average of the speed, per step

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace

std::string_view word(Ending ending) {
  constexpr std::string_view words[] = {"", "finished", "stopped", "early_stopping", "diverged"};
  return words[static_cast<std::size_t>(ending)];
}

Trainer::Trainer(Model& model, const Dataset& train, const Dataset* validation, FitOptions options,
                 Exec& exec)
    : model_(model), train_(train), validation_(validation), options_(std::move(options)), exec_(exec) {}

Result<std::unique_ptr<Trainer>> Trainer::make(Model& model, const Dataset& train, const Dataset* validation,
                                               FitOptions options, Exec& exec) {
  std::unique_ptr<Trainer> trainer(new Trainer(model, train, validation, std::move(options), exec));
  if (auto prepared = trainer->prepare(); !prepared) return prepared.error();
  return trainer;
}

Result<void> Trainer::prepare() {
  if (train_count() == 0) return Error{"no_data", "there are no training pictures; load a data set first"};
  if (auto fits = check_fits(model_, train_); !fits) return fits;
  if (auto fits = check_batch_size(options_.batch_size); !fits) return fits;
  for (const Json& config : *options_.callbacks.elements()) {
    auto callback = Choice<Callback>::read_member(config);
    if (!callback) return Error{"bad_argument", "fit: a callback must be " + callback.error().message};
    const Monitor monitor = (*callback)->monitor;
    if (!validates() && (monitor == Monitor::val_loss || monitor == Monitor::val_accuracy)) {
      return Error{"bad_argument",
                   "fit: " + std::string((*callback)->class_name()) + " watches " +
                       std::string(words(monitor)[static_cast<std::size_t>(monitor)]) +
                       ", but nothing is validated; watch loss or accuracy, or switch validate on"};
    }
    callbacks_.push_back(std::move(*callback));
  }
  auto augmentation = augmentation_model(options_.augmentation);
  if (!augmentation) return augmentation.error();
  if (*augmentation) augmentation_.emplace(std::move(**augmentation));
  learning_rate_ = options_.learning_rate.value_or(options_.optimizer->learning_rate);

  const std::span<Parameter> parameters = model_.parameters();
  slots_.resize(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].gradient.empty()) continue;
    slots_[i].arrays.resize(options_.optimizer->slots().size());
    for (auto& array : slots_[i].arrays) array.resize(parameters[i].value.size());
    if (options_.optimizer->use_ema)
      slots_[i].average.assign(parameters[i].value.begin(), parameters[i].value.end());
    const auto group = std::find_if(options_.parameter_groups.begin(), options_.parameter_groups.end(),
                                    [&](const ParameterGroup& g) { return g.fits(parameters[i].name); });
    if (group != options_.parameter_groups.end()) slots_[i].group = &*group;
  }
  copy_weights(last_good_);
  return set_batch_size(options_.batch_size);
}

Result<void> Trainer::check_batch_size(int size) const {
  if (size < 1)
    return Error{"bad_argument", "fit: batch_size is " + std::to_string(size) + "; it must be at least 1"};
  if (static_cast<std::size_t>(size) > train_count()) {
    return Error{"bad_argument", "fit: batch_size is " + std::to_string(size) + ", more than the " +
                                     std::to_string(train_count()) + " training pictures"};
  }
  return {};
}

Result<void> Trainer::set_batch_size(int size) {
  if (auto fits = check_batch_size(size); !fits) return fits;
  if (auto reserved = model_.reserve(size, true); !reserved) return reserved;
  if (augmentation_) {
    if (auto reserved = augmentation_->reserve(size, true); !reserved) return reserved;
  }
  d_logits_.resize(static_cast<std::size_t>(size) * count(model_.output_shape()));
  options_.batch_size = size;
  return {};
}

Result<void> Trainer::set_learning_rate(double rate) {
  if (!(rate >= 0 && rate <= 1e6)) {
    return Error{"bad_argument", "learning_rate is " + number(rate) + "; it must be from 0 to 1000000"};
  }
  learning_rate_ = rate;
  return {};
}

std::size_t Trainer::train_count() const {
  const double kept = static_cast<double>(train_.size()) * (1 - options_.validation_split);
  return options_.validation_split > 0 ? static_cast<std::size_t>(kept) : train_.size();
}

bool Trainer::validates() const {
  if (!options_.validate) return false;
  return options_.validation_split > 0 ? train_count() < train_.size()
                                       : validation_ && validation_->size() > 0;
}

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

Result<StepOutcome> Trainer::step() {
  StepOutcome outcome;
  if (done()) return outcome;
  const Clock::time_point start = Clock::now();
  outcome.trained = phase_ == Phase::training;
  const std::size_t before = position_;
  const auto result = outcome.trained ? train_batch() : validate_slice();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  epoch_seconds_ += seconds;
  if (!result) return result.error();
  if (outcome.trained) {
    train_seconds_ += seconds;
    const double speed = static_cast<double>(position_ - before) / std::max(seconds, 1e-9);
    const double memory = std::min(kSpeedMemory, static_cast<double>(step_ - 1) / step_);
    images_per_second_ = images_per_second_ > 0 ? memory * images_per_second_ + (1 - memory) * speed : speed;
    if (position_ < epoch_images_) return outcome;
    if (validates()) {
      begin_validation();
      return outcome;
    }
  } else {
    validation_seconds_ += seconds;
    if (!evaluator_->done()) return outcome;
    evaluation_ = evaluator_->result();
    evaluator_.reset();
    use_average(false);
    if (!(evaluation_->loss <= kDivergedLoss))
      return diverge("the validation loss is " + number(evaluation_->loss));
  }
  end_epoch();
  outcome.epoch_ended = true;
  return outcome;
}

Result<void> Trainer::adapt() {
  constexpr std::size_t most = 5000, in_one = 100;  // pictures: as many as the whitening recipe takes
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
  if (epoch_images_ == 0) epoch_images_ = train_count();  // what has arrived since the last epoch joins
  if (model_.wants_pictures()) {
    if (auto adapted = adapt(); !adapted) return adapted;
  }
  if (order_.empty()) make_order();
  if (position_ == 0) copy_weights(last_good_);
  const std::size_t rows = std::min(static_cast<std::size_t>(options_.batch_size), epoch_images_ - position_);
  batch_.assemble(exec_, train_, std::span<const std::uint32_t>(order_).subspan(position_, rows));
  const auto seed = static_cast<std::uint64_t>(options_.seed),
             step = static_cast<std::uint64_t>(global_step_);
  const int n = static_cast<int>(rows);
  const float* x = batch_.x();
  if (augmentation_) {
    x = augmentation_->forward(exec_, x, n,
                               {.training = true, .seed = augmentation_seed(seed), .step = step});
  }
  if (auto reserved = model_.reserve(options_.batch_size, true); !reserved) return reserved;
  const float* outputs = model_.forward(exec_, x, n, {.training = true, .seed = seed, .step = step});

  LossBatch b;
  b.rows = n;
  b.classes = model_.output_shape().back();
  b.are_logits = outputs_are_logits(model_, *options_.loss);
  b.outputs = b.are_logits ? model_.logits() : outputs;
  b.labels = batch_.labels();
  b.gradient_scale = 1.0f / static_cast<float>(rows);
  b.gradient = d_logits_.data();
  const double loss = (*options_.loss)(b) / static_cast<double>(rows);
  int correct = 0;
  for (int row = 0; row < n; ++row)
    correct += argmax(b.outputs + row * b.classes, b.classes) == b.labels[row];
  if (!(loss <= kDivergedLoss)) return diverge("the loss is " + number(loss));

  // The middle of the step: neither a warm-up's first step nor a decay's last one is lost.
  const double place = epoch_ + (static_cast<double>(position_) + 0.5 * static_cast<double>(rows)) /
                                    static_cast<double>(epoch_images_);
  step_learning_rate_ = learning_rate_ * options_.schedule->factor(place, options_.epochs);
  ++global_step_;
  choose_fused();
  model_.zero_gradients(fused_);
  model_.backward(exec_, d_logits_.data(), fused_);
  if (std::exchange(wants_norms_, false)) norms_ = layer_norms(exec_, model_.parameters());
  if (auto updated = update(); !updated) return updated;

  loss_sum_ += loss * static_cast<double>(rows);
  correct_ += correct;
  batch_loss_ = loss;
  batch_accuracy_ = correct / static_cast<double>(rows);
  position_ += rows;
  ++step_;
  return {};
}

double Trainer::gradient_scale(const Parameter& parameter, double global_scale) const {
  if (!options_.optimizer->clipnorm) return global_scale;
  const double norm = std::sqrt(sum_of_squares(exec_, parameter.gradient.size(), parameter.gradient.data()));
  return norm > *options_.optimizer->clipnorm ? *options_.optimizer->clipnorm / norm : 1;
}

/// Rates and decay; the arrays are the caller's.
OptimizerStep Trainer::optimizer_step(std::size_t parameter) const {
  const ParameterGroup* group = slots_[parameter].group;
  OptimizerStep s;
  s.step = global_step_;
  s.learning_rate = step_learning_rate_ * (group ? group->learning_rate_factor : 1);
  s.weight_decay =
      group && group->weight_decay ? *group->weight_decay : options_.optimizer->weight_decay.value_or(0);
  return s;
}

/// Clipping needs all gradients before the first update, norms need them written out: there nothing is fused.
void Trainer::choose_fused() {
  fused_.clear();
  const Optimizer& optimizer = *options_.optimizer;
  if (optimizer.clipnorm || optimizer.global_clipnorm || wants_norms_) return;
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    if (!p.trainable || p.gradient.size() <= kSmallGradient || !model_.fuses_adam(i)) continue;
    const std::optional<AdamStep> step = optimizer.adam_step(optimizer_step(i));
    if (!step) return;
    fused_.push_back({i, *step, p.value.data(), slots_[i].arrays[0].data(), slots_[i].arrays[1].data()});
  }
}

Result<void> Trainer::update() {
  const ProfileScope scope(exec_.profile, model_.layer_count(), Pass::update);
  const std::span<Parameter> parameters = model_.parameters();
  const Optimizer& optimizer = *options_.optimizer;
  double squares =
      0;  // of all gradients where clipping needs them; else of the small ones, to notice overflow
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
    if (!p.trainable || p.gradient.empty()) continue;
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
  // As in Keras the average begins with the weights after the first step.
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

void Trainer::begin_validation() {
  phase_ = Phase::validating;
  use_average(true);
  const bool split = options_.validation_split > 0;
  const Dataset& data = split ? train_ : *validation_;
  const std::size_t first = split ? epoch_images_ : 0;
  evaluator_ =
      std::make_unique<Evaluator>(model_, data, first, data.size() - first, *options_.loss, on_validated_);
  validation_seconds_ = 0;
}

Result<void> Trainer::validate_slice() {
  if (!evaluator_) begin_validation();  // restored in the middle of one: it starts again
  return evaluator_->step(exec_);
}

void Trainer::end_epoch() {
  HistoryRow row;
  row.epoch = epoch_ + 1;
  row.loss = loss_sum_ / static_cast<double>(epoch_images_);
  row.accuracy = static_cast<double>(correct_) / static_cast<double>(epoch_images_);
  if (phase_ == Phase::validating) {
    row.val_loss = evaluation_->loss;
    row.val_accuracy = evaluation_->accuracy;
  }
  row.learning_rate = step_learning_rate_;
  row.seconds = epoch_seconds_;
  row.images_per_second = static_cast<double>(epoch_images_) / std::max(train_seconds_, 1e-9);
  history_.push_back(row);

  CallbackActions actions;
  for (const auto& callback : callbacks_) callback->epoch_end(row, learning_rate_, actions);
  learning_rate_ *= actions.learning_rate_factor;
  if (actions.keep_weights) {
    use_average(true);  // what was validated
    copy_weights(best_);
    use_average(false);
  }
  ++epoch_;
  step_ = 0;
  position_ = epoch_images_ = 0;
  order_.clear();
  loss_sum_ = epoch_seconds_ = train_seconds_ = 0;
  correct_ = 0;
  phase_ = Phase::training;
  if (actions.stop) return finish(Ending::early_stopping);
  if (epoch_ >= options_.epochs) finish(Ending::finished);
}

void Trainer::stop() {
  if (!done()) finish(Ending::stopped);
}

void Trainer::finish(Ending ending) {
  evaluator_.reset();
  phase_ = Phase::finished;
  ending_ = ending;
  use_average(best_.empty());
  if (!best_.empty()) set_weights(best_);
}

Error Trainer::diverge(const std::string& what) {
  use_average(false);
  evaluator_.reset();
  phase_ = Phase::finished;
  ending_ = Ending::diverged;
  set_weights(last_good_);
  return Error{"diverged",
               "training diverged in epoch " + std::to_string(epoch_ + 1) + ", step " +
                   std::to_string(step_ + 1) + ": " + what +
                   ". The weights from before this epoch are back; try a smaller learning rate (it was " +
                   number(learning_rate_) + ") or gradient clipping"};
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

Progress Trainer::progress() const {
  Progress p;
  p.phase = phase_;
  p.epochs = options_.epochs;
  p.epoch = std::min(epoch_ + 1, options_.epochs);
  const std::size_t images = epoch_images_ > 0 ? epoch_images_ : train_count();
  const std::size_t batch = static_cast<std::size_t>(options_.batch_size), left = images - position_;
  p.step = step_;
  p.steps_per_epoch = step_ + static_cast<int>((left + batch - 1) / batch);
  p.global_step = global_step_;
  if (position_ > 0) {
    p.loss = loss_sum_ / static_cast<double>(position_);
    p.accuracy = static_cast<double>(correct_) / static_cast<double>(position_);
  } else if (!history_.empty()) {
    p.loss = history_.back().loss;
    p.accuracy = history_.back().accuracy;
  }
  p.batch_loss = batch_loss_;
  p.batch_accuracy = batch_accuracy_;
  p.learning_rate = step_learning_rate_ > 0 ? step_learning_rate_ : learning_rate_;
  p.images_per_second = images_per_second_;
  if (images_per_second_ > 0 && !done()) {
    const int epochs_after = options_.epochs - epoch_ - 1;
    const double trained =
        (static_cast<double>(left) + epochs_after * static_cast<double>(images)) / images_per_second_;
    double validated = 0;
    if (evaluator_) {
      const double done_share =
          static_cast<double>(evaluator_->evaluated()) / static_cast<double>(evaluator_->count());
      const double whole = done_share > 0 ? validation_seconds_ / done_share : 0;
      validated = whole * (1 - done_share + epochs_after);
    } else if (validates()) {
      validated = validation_seconds_ * (epochs_after + 1);
    }
    p.seconds_left = trained + validated;
  }
  return p;
}

}  // namespace cnn
