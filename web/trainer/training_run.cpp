#include "web/trainer/training_run.h"

#include <utility>

#include "core/model/profile_report.h"
#include "core/training/fit_options.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

constexpr std::string_view kOwnFields[] = {"threads", "paused", "continue"};

/// The options with the changes applied.
Json with(Json options, const Json& changes) {
  if (!changes.members()) return options;
  for (const auto& [name, value] : *changes.members()) options[name] = value;
  return options;
}

}  // namespace

Handled TrainingRun::fit(const Request& request) {
  HeldModel& model = resources_.model;
  const Args args(request);
  const int threads = args.integer("threads", resources_.host.threads);
  const bool paused = args.boolean("paused"), continued = args.boolean("continue");
  Result<cnn::FitOptions> options = cnn::FitOptions::from_json(
      continued ? with(model.notes().fit, request.args) : request.args, kOwnFields);
  if (!options) return options.error();
  const SharedData data = resources_.data.share();
  auto trainer = cnn::Trainer::make(*model, data->pictures.train, &data->pictures.test, std::move(*options),
                                    resources_.exec);
  if (!trainer) return trainer.error();
  if (continued) {
    if (auto restored = model.continue_training(**trainer); !restored) return restored.error();
    // The restored rate, which a callback or `set` may have changed, stays unless this request has one, or an
    // optimizer with another one.
    const Result<cnn::FitOptions> before = cnn::FitOptions::from_json(model.notes().fit, kOwnFields);
    const double rate = (*trainer)->options().rate();
    if (args.find("learning_rate") || (before && before->rate() != rate)) {
      if (auto set = (*trainer)->set_learning_rate(rate); !set) return set.error();
    }
  }
  if (model.fresh()) {
    model.draw_weights(static_cast<std::uint64_t>((*trainer)->options().seed));
    inspections_.forget();
  }
  resources_.exec.pool().use(threads);
  begin(std::move(*trainer), request, paused);
  return Later{};
}

Handled schedule(const Request& request) {
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

Handled TrainingRun::pause(const Request&) {
  if (running()) {
    paused_ = true;
    tell_step();
    answer_steps();
  }
  return Reply{};
}

Handled TrainingRun::resume(const Request&) {
  paused_ = false;
  answer_steps();
  return Reply{};
}

Handled TrainingRun::step(const Request& request) {
  step_ids_.push_back(request.id);
  paused_ = false;
  return Later{};
}

Handled TrainingRun::stop(const Request&) {
  if (exists()) end_early(Reply{});
  return Reply{};
}

void TrainingRun::cancel(double id) {
  if (!exists() || fit_id_ != id) return;
  end_early(Error{"cancelled", "Training was canceled; the weights are kept.", {}});
}

Handled TrainingRun::set(const Request& request) {
  const Args args(request);
  if (const Json* rate = args.find("learning_rate")) {
    if (auto taken = trainer_->set_learning_rate(*rate->number()); !taken) return taken.error();
  }
  if (args.find("batch_size")) {
    if (auto taken = trainer_->set_batch_size(args.integer("batch_size")); !taken) return taken.error();
  }
  return Reply{};
}

Handled TrainingRun::profile(const Request& request) {
  Reply reply;
  reply.args["images"] = profiled_images_;
  reply.args["seconds"] = profiled_ms_ / 1000;
  reply.args["threads"] = resources_.exec.pool().threads();
  reply.args["kernel_set"] = cnn::name_of(resources_.exec.kernels());
  reply.args["rows"] = cnn::to_json(profile_, *resources_.model, profiled_images_);
  if (Args(request).boolean("reset")) clear_profile();
  return reply;
}

std::string_view TrainingRun::state() const {
  if (paused_) return "paused";
  return trainer_->progress().phase == cnn::Phase::validating ? "validating" : "training";
}

int TrainingRun::epoch() const {
  return exists() ? trainer_->progress().epoch : resources_.model.epochs_trained();
}

Buffer TrainingRun::checkpoint() const {
  if (trainer_) resources_.model.note_data(DataStore::identity(*data_));  // the rest of it may have come
  return resources_.model.checkpoint(trainer_.get(), resources_.data.train().class_names);
}

cnn::ModelNotes TrainingRun::export_notes() const {
  return resources_.model.export_notes(trainer_.get(), resources_.data.train().class_names);
}

void TrainingRun::model_replaced() {
  validated_.forget();
  clear_profile();
}

void TrainingRun::clear_profile() {
  profile_.clear();
  profiled_images_ = profiled_ms_ = 0;
}

/// Validation runs the same layers, but does not belong in the profile.
Result<cnn::StepOutcome> TrainingRun::profiled_step() {
  if (trainer_->validating()) return trainer_->step();
  cnn::Exec& exec = resources_.exec;
  const double start = resources_.host.milliseconds();
  exec.profile = &profile_;
  auto outcome = trainer_->step();
  exec.profile = nullptr;
  if (outcome) {
    profiled_images_ += static_cast<double>(outcome->images);
    profiled_ms_ += resources_.host.milliseconds() - start;
  }
  return outcome;
}

void TrainingRun::train(double until) {
  const auto& milliseconds = resources_.host.milliseconds;
  do {
    const double now = milliseconds();
    const bool tells = steps_.due(now);
    if (!step_ids_.empty() || (tells && steps_.norms_due(now))) trainer_->note_norms();
    if (!trainer_->validating()) inspections_.sample(false);
    const Result<cnn::StepOutcome> outcome = profiled_step();
    resources_.model.mark_used();
    if (!outcome) {
      resources_.model.weights_changed();
      return end(outcome.error());
    }
    if (!after_step(*outcome)) return;
    if (tells) tell_step();
  } while (milliseconds() < until);
}

bool TrainingRun::after_step(const cnn::StepOutcome& outcome) {
  HeldModel& model = resources_.model;
  if (outcome.trained) {
    const cnn::Progress progress = trainer_->progress();
    model.count_steps(progress.global_step);
    steps_.add({static_cast<double>(progress.global_step), progress.batch_loss, progress.batch_accuracy});
  }
  if (outcome.epoch_ended) tell_epoch();
  if (trainer_->done()) {
    model.weights_changed();  // perhaps: averaged or best weights may have replaced them
    if (outcome.epoch_ended && trainer_->options().callbacks.elements()->empty())
      validated_.came_in(model.version());
    end(Reply{});
    return false;
  }
  if (!outcome.trained || step_ids_.empty()) return true;
  paused_ = true;
  tell_step();
  answer_steps();
  return false;
}

}  // namespace playground::trainer
