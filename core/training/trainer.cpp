#include "core/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/base/count.h"
#include "core/training/augmented.h"

namespace cnn {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSpeedMemory = 0.95;  // share of the moving average of the speed that remains per step

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace

std::string_view name_of(Ending ending) {
  constexpr std::string_view names[] = {"", "finished", "stopped", "early_stopping", "diverged"};
  return names[static_cast<std::size_t>(ending)];
}

Trainer::Trainer(Model& model, const Dataset& train, const Dataset* validation, FitOptions options,
                 Exec& exec)
    : model_(model),
      train_(train),
      validation_(validation),
      options_(std::move(options)),
      exec_(exec),
      kept_(model, *options_.optimizer) {}

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
                   "fit: " + std::string((*callback)->class_name()) + " monitors " +
                       std::string(names_of(monitor)[static_cast<std::size_t>(monitor)]) +
                       ", but validation is off; monitor loss or accuracy, or turn validate on"};
    }
    callbacks_.push_back(std::move(*callback));
  }
  auto augmentation = augmentation_model(options_.augmentation);
  if (!augmentation) return augmentation.error();
  if (*augmentation) augmentation_.emplace(std::move(**augmentation));
  learning_rate_ = options_.rate();

  const std::span<Parameter> parameters = model_.parameters();
  slots_.resize(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].gradient.empty()) continue;
    slots_[i].arrays.resize(options_.optimizer->slots().size());
    for (auto& array : slots_[i].arrays) array.resize(parameters[i].value.size());
    const auto group = std::find_if(options_.parameter_groups.begin(), options_.parameter_groups.end(),
                                    [&](const ParameterGroup& g) { return g.fits(parameters[i].name); });
    if (group != options_.parameter_groups.end()) slots_[i].group = &*group;
  }
  return set_batch_size(options_.batch_size);
}

Result<void> Trainer::check_batch_size(int size) const {
  if (size < 1)
    return Error{"bad_argument", "fit: batch_size is " + std::to_string(size) + "; it must be at least 1"};
  if (static_cast<std::size_t>(size) > train_count()) {
    const std::string most = count_text(train_count());
    return Error{"bad_argument", "Batch size " + count_text(static_cast<std::size_t>(size)) +
                                     " is larger than the " + most + " training pictures; choose " + most +
                                     " or less"};
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
  return options_.drop_remainder ? sums_.images + (images - sums_.images) / batch * batch : images;
}

std::size_t Trainer::epoch_end() const {
  constexpr double rounding = 1e-6;  // pictures: 9.9 - 9 is not exactly 0.9
  const double share = std::clamp(options_.epochs - epoch_, 0.0, 1.0);
  return static_cast<std::size_t>(std::ceil(share * static_cast<double>(usable_images()) - rounding));
}

double Trainer::position_after(double rows) const {
  return epoch_ + (static_cast<double>(sums_.images) + rows) /
                      static_cast<double>(std::max<std::size_t>(1, usable_images()));
}

Result<StepOutcome> Trainer::step() {
  StepOutcome outcome;
  if (done()) return outcome;
  const Clock::time_point start = Clock::now();
  outcome.trained = phase_ == Phase::training;
  const std::size_t before = sums_.images;
  const auto result = outcome.trained ? train_batch() : validate_slice();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  sums_.seconds += seconds;
  if (!result) return result.error();
  if (outcome.trained) {
    sums_.train_seconds += seconds;
    outcome.images = sums_.images - before;
    const double speed = static_cast<double>(outcome.images) / std::max(seconds, 1e-9);
    const double memory = std::min(kSpeedMemory, static_cast<double>(sums_.steps - 1) / sums_.steps);
    images_per_second_ = images_per_second_ > 0 ? memory * images_per_second_ + (1 - memory) * speed : speed;
    if (sums_.images < epoch_end()) return outcome;
    if (in_last_epoch()) kept_.look_ahead(exec_, 1);
    if (validates()) {
      begin_validation(Views::plain);
      return outcome;
    }
  } else {
    validation_seconds_ += seconds;
    if (!evaluator_->done()) return outcome;
    if (!end_validation()) return outcome;
    if (!(evaluation_->loss <= kDivergedLoss)) return diverge("the validation loss", evaluation_->loss);
  }
  end_epoch();
  outcome.epoch_ended = true;
  return outcome;
}

void Trainer::begin_validation(Views views) {
  const bool split = options_.validation_split > 0;
  const Dataset* data = split ? &train_ : validation_;
  if (!data) return;
  phase_ = Phase::validating;
  views_ = views;
  kept_.use_average(true);
  const std::size_t first = split ? epoch_images_ : 0;
  evaluator_ =
      std::make_unique<Evaluator>(model_, *data, first, validation_count(), *options_.loss,
                                  views == Views::plain ? on_validated_ : Evaluator::OnSlice(), views);
  if (views == Views::plain) validation_seconds_ = 0;
}

bool Trainer::end_validation() {
  const Evaluation result = evaluator_->result();
  evaluator_.reset();
  kept_.use_average(false);
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
  if (!evaluator_) begin_validation(Views::plain);  // restored during a validation, which starts again
  return evaluator_->step(exec_);
}

void Trainer::end_epoch() {
  HistoryRow row;
  row.epoch = epoch_ + 1;
  row.loss = sums_.mean_loss();
  row.accuracy = sums_.accuracy();
  if (phase_ == Phase::validating) {
    row.val_loss = evaluation_->loss;
    row.val_accuracy = evaluation_->accuracy;
    row.tta_accuracy = std::exchange(tta_accuracy_, {});
  }
  row.learning_rate = step_learning_rate_;
  row.seconds = sums_.seconds;
  row.images_per_second = sums_.images_per_second();
  history_.push_back(row);

  CallbackActions actions;
  for (const auto& callback : callbacks_) callback->epoch_end(row, learning_rate_, actions);
  learning_rate_ *= actions.learning_rate_factor;
  if (actions.keep_weights) kept_.keep_best();
  ++epoch_;
  ended_epoch_steps_ = sums_.steps;
  sums_ = {};
  epoch_images_ = 0;
  order_.clear();
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
  kept_.put_result();
}

Error Trainer::diverge(const std::string& quantity, double value) {
  return diverge(quantity + " is " + number(value));
}

Error Trainer::diverge(const std::string& what) {
  evaluator_.reset();
  phase_ = Phase::finished;
  ending_ = Ending::diverged;
  kept_.put_last_good();
  return Error{"diverged",
               "training diverged in epoch " + std::to_string(epoch_ + 1) + ", step " +
                   std::to_string(sums_.steps + 1) + ": " + what +
                   ". The weights from before this epoch are restored; try a smaller learning rate (it was " +
                   number(learning_rate_) + ") or gradient clipping"};
}

Progress Trainer::progress() const {
  Progress p;
  p.phase = phase_;
  p.epochs = static_cast<int>(std::ceil(options_.epochs));
  p.epoch = std::min(epoch_ + 1, p.epochs);
  const std::size_t batch = static_cast<std::size_t>(options_.batch_size);
  const std::size_t end = epoch_end(), left = end > sums_.images ? end - sums_.images : 0;
  p.step = sums_.steps;
  p.steps_per_epoch = sums_.steps + static_cast<int>((left + batch - 1) / batch);
  if (done() && sums_.steps == 0 && ended_epoch_steps_ > 0) {  // it ended after an epoch
    p.epoch = epoch_;
    p.step = p.steps_per_epoch = ended_epoch_steps_;
  }
  p.global_step = global_step_;
  if (sums_.images > 0) {
    p.loss = sums_.mean_loss();
    p.accuracy = sums_.accuracy();
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
