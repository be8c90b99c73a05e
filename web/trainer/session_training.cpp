// The session's answers about training.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/archives/crc32.h"
#include "core/model/profile_report.h"
#include "core/training/fit_options.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

/// Between two checkpoints, where epochs are shorter. Each copies all weights and the optimizer's arrays.
constexpr double kCheckpointInterval = 2000;  // milliseconds
constexpr std::string_view kOwnFields[] = {"threads", "paused", "continue"};

Error no_training(std::string_view what) {
  return Error{"no_training",
               std::string(what) +
                   ": nothing is being trained; fit starts a training, with paused: true one "
                   "that stands still.",
               {}};
}

/// The first's members, with the second's in their place where both have them.
Json with(Json options, const Json& changes) {
  if (!changes.members()) return options;
  for (const auto& [name, value] : *changes.members()) options[name] = value;
  return options;
}

}  // namespace

Json history_of(const cnn::Trainer& trainer) {
  Json rows = Json::array();
  for (const cnn::HistoryRow& row : trainer.history()) rows.push_back(cnn::to_json(row));
  return rows;
}

Handled Session::fit(const Request& request) {
  if (auto free = need_no_training("starting another one"); !free) return free.error();
  if (auto there = need_model(); !there) return there.error();
  Args args(request);
  const int threads = args.integer("threads", host_.threads, 1);
  const bool paused = args.boolean("paused", false);
  const bool go_on = args.boolean("continue", false);
  if (args.failed()) return args.error();
  if (go_on && notes_.training.is_null()) {
    return Error{"no_training",
                 "fit: continue needs a training that has ended, or an imported checkpoint of one.",
                 {}};
  }
  Result<cnn::FitOptions> options =
      cnn::FitOptions::from_json(go_on ? with(notes_.fit, request.args) : request.args, kOwnFields);
  if (!options) return options.error();
  use_threads(threads);
  auto trainer = cnn::Trainer::make(*model_, data_.train(), &data_.test(), std::move(*options), *exec_);
  if (!trainer) return trainer.error();
  if (go_on) {
    if (auto continued = continue_training(**trainer); !continued) return continued.error();
    // The rate it had counts, as a callback or somebody by hand left it, unless another one is asked for now.
    const Result<cnn::FitOptions> before = cnn::FitOptions::from_json(notes_.fit, kOwnFields);
    const double rate = (*trainer)->options().rate();
    if (before && before->rate() != rate) {
      if (auto set = (*trainer)->set_learning_rate(rate); !set) return set.error();
    }
  }
  if (fresh_) {
    model_->initialize(static_cast<std::uint64_t>((*trainer)->options().seed));
    ++model_version_;
    inspection_.forget();
  }
  trainer_ = std::move(*trainer);
  watch_validation();
  paused_ = paused;
  fit_id_ = request.id;
  steps_ = {};
  clear_profile();
  epochs_trained_ = static_cast<int>(trainer_->history().size());
  kept_epochs_ = epochs_trained_;
  last_checkpoint_ = -kCheckpointInterval;
  Json run = trainer_->options().to_json();
  run["history"] = history_of(*trainer_);
  run["global_step"] = trainer_->progress().global_step;
  event("run", std::move(run));
  return Later{};
}

void Session::watch_validation() {
  if (trainer_->options().validation_split > 0) return;
  trainer_->watch_validation([this](std::size_t first, int rows, const float* probabilities) {
    if (first == 0) validated_.begin(data_.test().size(), model_->output_shape().back(), data_.version());
    validated_.put(first, rows, probabilities);
  });
}

Handled Session::schedule(const Request& request) {
  const Result<cnn::FitOptions> options = cnn::FitOptions::from_json(request.args, kOwnFields);
  if (!options) return options.error();
  constexpr int kPoints = 80;
  const double rate = options->rate();
  Reply reply;
  Json& points = reply.args["points"] = Json::array();
  for (int i = 0; i <= kPoints; ++i) {
    const double epoch = options->epochs * static_cast<double>(i) / kPoints;
    points.push_back(Json::array({epoch, rate * options->schedule->factor(epoch, options->epochs)}));
  }
  return reply;
}

Handled Session::pause(const Request&) {
  if (trainer_ && !paused_) {
    paused_ = true;
    tell_step();
  }
  return Reply{};
}

Handled Session::resume(const Request&) {
  paused_ = false;
  return Reply{};
}

Handled Session::step(const Request& request) {
  if (!trainer_) return no_training("step");
  step_ids_.push_back(request.id);
  paused_ = false;
  return Later{};
}

Handled Session::stop(const Request&) {
  if (trainer_) {
    trainer_->stop();
    ++model_version_;
    end_training(Reply{});
  }
  return Reply{};
}

Handled Session::set(const Request& request) {
  if (!trainer_) return no_training("set");
  Args args(request);
  if (const Json* rate = args.find("learning_rate")) {
    if (!rate->number()) return Error{"bad_argument", "set: learning_rate must be a number.", {}};
    if (auto taken = trainer_->set_learning_rate(*rate->number()); !taken) return taken.error();
  }
  if (args.find("batch_size")) {
    const int size = args.integer("batch_size", {}, 1);
    if (args.failed()) return args.error();
    if (auto taken = trainer_->set_batch_size(size); !taken) return taken.error();
  }
  return Reply{};
}

Handled Session::profile(const Request& request) {
  if (auto there = need_model(); !there) return there.error();
  Args args(request);
  const bool reset = args.boolean("reset", false);
  if (args.failed()) return args.error();
  Reply reply;
  reply.args["images"] = profiled_images_;
  reply.args["seconds"] = profiled_ms_ / 1000;
  reply.args["threads"] = exec_->pool().threads();
  reply.args["kernel_set"] = cnn::name_of(exec_->kernels());
  reply.args["rows"] = cnn::to_json(profile_, *model_, profiled_images_);
  if (reset) clear_profile();
  return reply;
}

void Session::clear_profile() {
  profile_.clear();
  profiled_images_ = profiled_ms_ = 0;
}

/// Validation's slices run the same layers, but are not what the profile is about.
Result<cnn::StepOutcome> Session::profiled_step() {
  if (trainer_->validating()) return trainer_->step();
  const double start = host_.milliseconds();
  exec_->profile = &profile_;
  auto outcome = trainer_->step();
  exec_->profile = nullptr;
  if (outcome) {
    profiled_images_ += static_cast<double>(outcome->images);
    profiled_ms_ += host_.milliseconds() - start;
  }
  return outcome;
}

void Session::train(double until) {
  do {
    const double now = host_.milliseconds();
    const bool tells = steps_.due(now);
    if (!step_ids_.empty() || (tells && steps_.norms_due(now))) trainer_->note_norms();
    if (!trainer_->validating()) inspection_.sample(inspected(), false, host_.milliseconds);
    const Result<cnn::StepOutcome> outcome = profiled_step();
    fresh_ = false;
    if (!outcome) {
      ++model_version_;
      return end_training(outcome.error());
    }
    if (!after_step(*outcome)) return;
    if (tells) tell_step();
  } while (host_.milliseconds() < until);
}

bool Session::after_step(const cnn::StepOutcome& outcome) {
  if (outcome.trained) {
    const cnn::Progress progress = trainer_->progress();
    ++model_version_;
    steps_trained_ = progress.global_step;
    steps_.add({static_cast<double>(progress.global_step), progress.batch_loss, progress.batch_accuracy});
  }
  if (outcome.epoch_ended) tell_epoch();
  if (trainer_->done()) {
    ++model_version_;  // averaged or best weights may have come in
    if (outcome.epoch_ended && trainer_->options().callbacks.elements()->empty())
      validated_.came_in(model_version_);
    end_training(Reply{});
    return false;
  }
  if (!outcome.trained || step_ids_.empty()) return true;
  paused_ = true;
  tell_step();
  for (const auto& id : std::exchange(step_ids_, {})) reply(id, Reply{});
  return false;
}

void Session::tell_step() {
  if (steps_.empty()) return;
  const cnn::Progress progress = trainer_->progress();
  Json args = Json::object();
  args["epoch"] = progress.epoch;
  args["epochs"] = progress.epochs;
  args["step"] = progress.step;
  args["steps_per_epoch"] = progress.steps_per_epoch;
  args["loss"] = progress.loss;
  args["accuracy"] = progress.accuracy;
  args["images_per_second"] = progress.images_per_second;
  args["eta_seconds"] = progress.seconds_left > 0 ? Json(progress.seconds_left) : Json();
  args["learning_rate"] = progress.learning_rate;
  args["global_step"] = progress.global_step;
  Json& points = args["points"] = Json::array();
  for (const StepPoint& point : steps_.take(host_.milliseconds())) {
    points.push_back(Json::array({point.global_step, point.loss, point.accuracy}));
  }
  for (const cnn::LayerNorms& n : trainer_->take_norms())
    args["norms"].push_back(Json::array({n.layer, n.weights, n.gradient}));
  event("step", std::move(args));
}

void Session::tell_epoch() {
  tell_step();
  tell_epoch_numbers();
  tell_checkpoint(kCheckpointInterval);
}

void Session::tell_checkpoint(double interval) {
  if (host_.milliseconds() - last_checkpoint_ < interval || kept_epochs_ == epochs_trained_) return;
  last_checkpoint_ = host_.milliseconds();
  kept_epochs_ = epochs_trained_;
  Buffer file = checkpoint();
  const Json args = Json::object({{"epoch", epochs_trained_},
                                  {"epochs", trainer_->progress().epochs},
                                  {"name", model_->name()},
                                  {"crc32", cnn::crc32(0, file)}});
  send_(Json::object({{"type", "checkpoint"}, {"args", args}}), {std::move(file)});
}

void Session::tell_epoch_numbers() {
  const cnn::HistoryRow& row = trainer_->history().back();
  epochs_trained_ = row.epoch;
  inspection_.sample(inspected(), true, host_.milliseconds);
  event("epoch", cnn::to_json(row));
  if (!row.val_loss || !trainer_->evaluation()) return;
  const cnn::FitOptions& options = trainer_->options();
  if (options.validation_split <= 0) {  // otherwise those were training pictures
    const bool averaged = options.optimizer->use_ema;
    validated_.complete(row.epoch, averaged ? std::nullopt : std::optional<int>(model_version_));
  }
  Json args = cnn::to_json(*trainer_->evaluation(), data_.train().class_names);
  args["epoch"] = row.epoch;
  args["step"] = steps_trained_;
  args["split"] = options.validation_split > 0 ? "held out" : "test";
  event("evaluation", std::move(args));
}

/// What fit {continue: true} goes on from; a training that diverged left weights its optimizer knows nothing
/// of.
void Session::keep_training() {
  notes_ = {};
  notes_.history = history_of(*trainer_);
  notes_.fit = trainer_->options().to_json();
  state_names_.clear();
  state_.clear();
  if (trainer_->ending() == cnn::Ending::diverged) return;
  cnn::TrainerState state = trainer_->save();
  notes_.training = std::move(state.json);
  for (const cnn::NamedArray& array : state.arrays) {
    state_names_.push_back(array.name);
    state_.emplace_back(array.values.begin(), array.values.end());
  }
}

void Session::end_training(Handled outcome) {
  tell_step();
  if (Reply* reply = outcome.reply()) {
    reply->args["history"] = history_of(*trainer_);
    reply->args["stopped"] = cnn::name_of(trainer_->ending());
  }
  tell_checkpoint(0);
  keep_training();
  trainer_.reset();
  paused_ = false;
  tell_state();  // whoever awaits the reply finds the state already told
  for (const auto& id : std::exchange(step_ids_, {})) reply(id, Reply{});
  reply(std::exchange(fit_id_, {}), std::move(outcome));
}

}  // namespace playground::trainer
