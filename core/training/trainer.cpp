#include "core/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <utility>

#include "core/base/random.h"
#include "core/kernels/elementwise.h"
#include "core/training/augmented.h"

namespace cnn {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSpeedMemory = 0.95;  // of the moving average of the speed, per step

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
                       std::string(names_of(monitor)[static_cast<std::size_t>(monitor)]) +
                       ", but nothing is validated; watch loss or accuracy, or switch validate on"};
    }
    callbacks_.push_back(std::move(*callback));
  }
  auto augmentation = augmentation_model(options_.augmentation);
  if (!augmentation) return augmentation.error();
  if (*augmentation) augmentation_.emplace(std::move(**augmentation));
  learning_rate_ = options_.rate();

  const std::span<Parameter> parameters = model_.parameters();
  slots_.resize(parameters.size());
  begin_lookahead();
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

std::size_t Trainer::validation_count() const {
  if (!options_.validate) return 0;
  if (options_.validation_split > 0)
    return train_.size() - (epoch_images_ > 0 ? epoch_images_ : train_count());
  return validation_ ? validation_->size() : 0;
}

std::size_t Trainer::usable_images() const {
  const std::size_t images = epoch_images_ > 0 ? epoch_images_ : train_count();
  const auto batch = static_cast<std::size_t>(options_.batch_size);
  return options_.drop_remainder ? position_ + (images - position_) / batch * batch : images;
}

std::size_t Trainer::epoch_end() const {
  constexpr double rounding = 1e-6;  // of a picture: 9.9 - 9 is not quite 0.9
  const double share = std::clamp(options_.epochs - epoch_, 0.0, 1.0);
  return static_cast<std::size_t>(std::ceil(share * static_cast<double>(usable_images()) - rounding));
}

double Trainer::place_after(double rows) const {
  return epoch_ + (static_cast<double>(position_) + rows) /
                      static_cast<double>(std::max<std::size_t>(1, usable_images()));
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
    outcome.images = position_ - before;
    const double speed = static_cast<double>(outcome.images) / std::max(seconds, 1e-9);
    const double memory = std::min(kSpeedMemory, static_cast<double>(step_ - 1) / step_);
    images_per_second_ = images_per_second_ > 0 ? memory * images_per_second_ + (1 - memory) * speed : speed;
    if (position_ < epoch_end()) return outcome;
    if (in_last_epoch()) look_ahead(1);
    if (validates()) {
      begin_validation(Views::plain);
      return outcome;
    }
  } else {
    validation_seconds_ += seconds;
    if (!evaluator_->done()) return outcome;
    if (!end_validation()) return outcome;
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
  if (global_step_ == 0) begin_lookahead();
  const std::size_t rows = std::min(static_cast<std::size_t>(options_.batch_size), epoch_images_ - position_);
  batch_.assemble(exec_, train_, std::span<const std::uint32_t>(order_).subspan(position_, rows));
  const auto seed = static_cast<std::uint64_t>(options_.seed),
             step = static_cast<std::uint64_t>(global_step_);
  const int n = static_cast<int>(rows);
  const float* x = batch_.x();
  ForwardOptions how;
  how.training = true;
  how.step = step;
  how.pictures = order_.data() + position_;
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
  const double loss = (*options_.loss)(b) / static_cast<double>(rows);
  int correct = 0;
  for (int row = 0; row < n; ++row)
    correct += argmax(b.outputs + row * b.classes, b.classes) == b.labels[row];
  if (!(loss <= kDivergedLoss)) return diverge("the loss is " + number(loss));

  // The middle of the step: neither a warm-up's first step nor a decay's last one is lost.
  const double place = place_after(0.5 * static_cast<double>(rows));
  step_learning_rate_ = learning_rate_ * options_.schedule->factor(place, options_.epochs);
  ++global_step_;
  choose_fused();
  model_.zero_gradients(fused_);
  model_.backward(exec_, d_logits_.data(), fused_);
  if (std::exchange(wants_norms_, false)) norms_ = layer_norms(exec_, model_.parameters());
  if (auto updated = update(); !updated) return updated;
  const int every = options_.optimizer->lookahead_steps;
  if (every > 0 && global_step_ % every == 0) {
    const double progress = std::min(1.0, place_after(static_cast<double>(rows)) / options_.epochs);
    look_ahead(options_.optimizer->lookahead_decay * std::pow(progress, options_.optimizer->lookahead_power));
  }

  loss_sum_ += loss * static_cast<double>(rows);
  correct_ += correct;
  batch_loss_ = loss;
  batch_accuracy_ = correct / static_cast<double>(rows);
  position_ += rows;
  ++step_;
  return {};
}

void Trainer::begin_validation(Views views) {
  phase_ = Phase::validating;
  views_ = views;
  use_average(true);
  const bool split = options_.validation_split > 0;
  const Dataset& data = split ? train_ : *validation_;
  const std::size_t first = split ? epoch_images_ : 0;
  evaluator_ =
      std::make_unique<Evaluator>(model_, data, first, validation_count(), *options_.loss,
                                  views == Views::plain ? on_validated_ : Evaluator::OnSlice(), views);
  if (views == Views::plain) validation_seconds_ = 0;
}

bool Trainer::end_validation() {
  const Evaluation result = evaluator_->result();
  evaluator_.reset();
  use_average(false);
  if (views_ != Views::plain) {
    tta_accuracy_ = result.accuracy;
    return true;
  }
  evaluation_ = result;
  tta_accuracy_.reset();
  if (!in_last_epoch() || options_.test_time_augmentation == Views::plain) return true;
  begin_validation(options_.test_time_augmentation);
  return false;
}

Result<void> Trainer::validate_slice() {
  if (!evaluator_) begin_validation(Views::plain);  // restored in the middle of one: it starts again
  return evaluator_->step(exec_);
}

void Trainer::end_epoch() {
  HistoryRow row;
  row.epoch = epoch_ + 1;
  row.loss = loss_sum_ / static_cast<double>(position_);
  row.accuracy = static_cast<double>(correct_) / static_cast<double>(position_);
  if (phase_ == Phase::validating) {
    row.val_loss = evaluation_->loss;
    row.val_accuracy = evaluation_->accuracy;
    row.tta_accuracy = std::exchange(tta_accuracy_, {});
  }
  row.learning_rate = step_learning_rate_;
  row.seconds = epoch_seconds_;
  row.images_per_second = static_cast<double>(position_) / std::max(train_seconds_, 1e-9);
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
  ended_epoch_steps_ = std::exchange(step_, 0);
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

Progress Trainer::progress() const {
  Progress p;
  p.phase = phase_;
  p.epochs = static_cast<int>(std::ceil(options_.epochs));
  p.epoch = std::min(epoch_ + 1, p.epochs);
  const std::size_t batch = static_cast<std::size_t>(options_.batch_size);
  const std::size_t end = epoch_end(), left = end > position_ ? end - position_ : 0;
  p.step = step_;
  p.steps_per_epoch = step_ + static_cast<int>((left + batch - 1) / batch);
  if (done() && step_ == 0 && ended_epoch_steps_ > 0) {  // it ended with an epoch
    p.epoch = epoch_;
    p.step = p.steps_per_epoch = ended_epoch_steps_;
  }
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
    const int epochs_after = p.epochs - epoch_ - 1;
    const double trained = (static_cast<double>(left) + std::max(0.0, options_.epochs - epoch_ - 1) *
                                                            static_cast<double>(usable_images())) /
                           images_per_second_;
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
