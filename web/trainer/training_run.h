#pragma once
/// A training: its requests, its steps and its events, and the requests that wait for it.

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/run/profile.h"
#include "core/training/trainer.h"
#include "web/trainer/inspections.h"
#include "web/trainer/predictions.h"
#include "web/trainer/resources.h"
#include "web/trainer/step_events.h"

namespace playground::trainer {

/// At most one training exists at a time, from its `fit` request to that request's reply.
class TrainingRun {
 public:
  /// ended: called when a training has ended, before its requests are answered.
  TrainingRun(Resources& resources, Inspections& inspections, std::function<void()> ended)
      : resources_(resources), inspections_(inspections), ended_(std::move(ended)) {}

  Handled fit(const Request&);
  Handled pause(const Request&);
  Handled resume(const Request&);
  Handled step(const Request&);
  Handled stop(const Request&);
  Handled set(const Request&);
  Handled profile(const Request&);
  /// Ends the training if that is its `fit` request.
  void cancel(double id);

  bool exists() const { return trainer_ != nullptr; }
  /// It exists and is not paused.
  bool running() const { return exists() && !paused_; }
  /// paused, validating or training; while it exists.
  std::string_view state() const;
  /// Of the training, or else of the last one.
  int epoch() const;
  /// The model's weights and the state to continue from, as a safetensors file.
  Buffer checkpoint() const;
  /// Sends it as an event: what the page restores if this trainer ends.
  void send_checkpoint() const;
  /// What a file that is not a checkpoint says of the model and its training.
  cnn::ModelNotes export_notes() const;

  /// Makes steps until then; at least one. Only while it runs.
  void train(double until);
  /// The last validation's predictions.
  const ValidatedPredictions& validated() const { return validated_; }
  /// Forgets what belongs to the model that is being replaced.
  void model_replaced();

 private:
  void watch_validation();
  void begin(std::unique_ptr<cnn::Trainer> trainer, const Request& request, bool paused);
  cnn::Result<cnn::StepOutcome> profiled_step();
  /// Accounts for a step; false: the training has paused or ended.
  bool after_step(const cnn::StepOutcome& outcome);
  void clear_profile();
  void tell_run() const;
  void tell_step();
  void tell_epoch();
  void tell_epoch_numbers();
  /// Sends a checkpoint if an epoch has ended since the last one, and that was at least `interval` ago.
  void tell_checkpoint(double interval);
  void end(Handled outcome);
  /// Ends it on request, with the weights it has.
  void end_early(Handled outcome);
  void answer_steps();

  Resources& resources_;
  Inspections& inspections_;
  std::function<void()> ended_;

  SharedData data_;                    // of the training; leased
  std::shared_ptr<cnn::Model> model_;  // of the training
  std::unique_ptr<cnn::Trainer> trainer_;
  bool paused_ = false;
  std::optional<double> fit_id_;
  std::vector<std::optional<double>> step_ids_;  // requests for a single step that wait for it
  StepEvents steps_;
  ValidatedPredictions validated_;
  cnn::Profile profile_;  // of the training steps, without validation
  double profiled_images_ = 0, profiled_ms_ = 0;
  int checkpoint_epochs_ = 0;   // in the last checkpoint
  double last_checkpoint_ = 0;  // milliseconds
};

/// The learning rates `fit` would use with these options.
Handled schedule(const Request& request);

}  // namespace playground::trainer
