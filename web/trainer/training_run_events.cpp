// How a training begins and ends, and the events it sends.
#include <utility>

#include "core/archives/crc32.h"
#include "core/training/fit_options.h"
#include "web/trainer/training_run.h"

namespace playground::trainer {

using cnn::Json;

namespace {

/// Between two checkpoints, if epochs are shorter. Each copies all weights and the optimizer's arrays.
constexpr double kCheckpointInterval = 2000;  // milliseconds

}  // namespace

void TrainingRun::begin(std::unique_ptr<cnn::Trainer> trainer, const Request& request, bool paused) {
  data_ = resources_.data.lease();
  model_ = resources_.model.hold();
  resources_.model.note_classes(data_->pictures.train.class_names);
  trainer_ = std::move(trainer);
  watch_validation();
  paused_ = paused;
  fit_id_ = request.id;
  steps_ = {};
  clear_profile();
  const int epochs = static_cast<int>(trainer_->history().size());
  resources_.model.set_epochs_trained(epochs);
  checkpoint_epochs_ = epochs;
  last_checkpoint_ = -kCheckpointInterval;
  tell_run();
}

void TrainingRun::watch_validation() {
  if (trainer_->options().validation_split > 0) return;
  trainer_->watch_validation([this](std::size_t first, int rows, const float* probabilities) {
    if (first == 0) validated_.begin(model_->output_shape().back(), data_->version);
    validated_.put(first, rows, probabilities);
  });
}

void TrainingRun::tell_run() const {
  Json run = trainer_->options().to_json();
  run["history"] = cnn::to_json(trainer_->history());
  run["global_step"] = trainer_->progress().global_step;
  resources_.outbox.event("run", std::move(run));
}

void TrainingRun::tell_step() {
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
  for (const StepPoint& point : steps_.take(resources_.host.milliseconds())) {
    points.push_back(Json::array({point.global_step, point.loss, point.accuracy}));
  }
  for (const cnn::LayerNorms& n : trainer_->take_norms())
    args["norms"].push_back(Json::array({n.layer, n.weights, n.gradient}));
  resources_.outbox.event("step", std::move(args));
}

void TrainingRun::tell_epoch() {
  tell_step();
  tell_epoch_numbers();
  tell_checkpoint(kCheckpointInterval);
}

void TrainingRun::tell_epoch_numbers() {
  HeldModel& model = resources_.model;
  const cnn::HistoryRow& row = trainer_->history().back();
  model.set_epochs_trained(row.epoch);
  inspections_.sample(true);
  resources_.outbox.event("epoch", cnn::to_json(row));
  if (!row.val_loss || !trainer_->evaluation()) return;
  const cnn::FitOptions& options = trainer_->options();
  if (options.validation_split <= 0) {  // otherwise those were training pictures
    const bool averaged = options.optimizer->use_ema;
    validated_.complete(row.epoch, averaged ? std::nullopt : std::optional<int>(model.version()));
  }
  Json args = cnn::to_json(*trainer_->evaluation(), resources_.data.train().class_names);
  args["epoch"] = row.epoch;
  args["step"] = model.steps_trained();
  args["split"] = options.validation_split > 0 ? "held out" : "test";
  resources_.outbox.event("evaluation", std::move(args));
}

void TrainingRun::tell_checkpoint(double interval) {
  const double now = resources_.host.milliseconds();
  if (now - last_checkpoint_ < interval || checkpoint_epochs_ == resources_.model.epochs_trained()) return;
  last_checkpoint_ = resources_.host.milliseconds();
  checkpoint_epochs_ = resources_.model.epochs_trained();
  send_checkpoint();
}

void TrainingRun::send_checkpoint() const {
  const HeldModel& model = resources_.model;
  std::vector<Buffer> file;
  file.push_back(checkpoint());
  Json args = Json::object({{"epoch", model.epochs_trained()},
                            {"epochs", trainer_ ? trainer_->progress().epochs : model.epochs_planned()},
                            {"name", model->name()},
                            {"crc32", cnn::crc32(0, file[0])}});
  if (!model.notes().data.is_null()) args["data"] = model.notes().data;
  resources_.outbox.event("checkpoint", std::move(args), std::move(file));
}

void TrainingRun::end(Handled outcome) {
  tell_step();
  if (Reply* reply = outcome.reply()) {
    reply->args["history"] = cnn::to_json(trainer_->history());
    reply->args["stopped"] = cnn::name_of(trainer_->ending());
  }
  // After divergence the optimizer state no longer matches the weights;
  // the previous checkpoint remains valid.
  if (trainer_->ending() != cnn::Ending::diverged) tell_checkpoint(0);
  resources_.model.note_data(DataStore::identity(*data_));
  resources_.model.keep_training(*trainer_);
  trainer_.reset();
  data_.reset();
  model_.reset();
  paused_ = false;
  ended_();  // before the replies: their receivers may read the state
  answer_steps();
  resources_.outbox.reply(std::exchange(fit_id_, {}), std::move(outcome));
}

void TrainingRun::end_early(Handled outcome) {
  trainer_->stop();
  resources_.model.weights_changed();  // perhaps: averaged or best weights may have replaced them
  end(std::move(outcome));
}

void TrainingRun::answer_steps() {
  for (const auto& id : std::exchange(step_ids_, {})) resources_.outbox.reply(id, Reply{});
}

}  // namespace playground::trainer
