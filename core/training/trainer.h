#pragma once
/// Trains a model one mini-batch at a time, so that the caller can display, pause, change or stop the
/// training between steps. The same seed gives bit-identical weights with any number of threads, also when
/// the training is saved and resumed.
///
///   auto trainer = Trainer::make(model, train, &validation, options, exec);
///   while (!(*trainer)->done())
///     if (auto step = (*trainer)->step(); !step) return step.error();
///
/// One step trains a mini-batch or, between epochs, validates a slice. trainer.cpp has the order of steps and
/// epochs, trainer_batch.cpp a mini-batch, trainer_state.cpp saving and resuming.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/datasets/dataset.h"
#include "core/model/model.h"
#include "core/run/exec.h"
#include "core/training/callbacks.h"
#include "core/training/epoch_sums.h"
#include "core/training/evaluation.h"
#include "core/training/fit_options.h"
#include "core/training/history.h"
#include "core/training/kept_weights.h"
#include "core/training/norms.h"

namespace cnn {

enum class Phase { training, validating, finished };
/// Why the training is over; none: it is not.
enum class Ending { none, finished, stopped, early_stopping, diverged };
/// "", "finished", "stopped", "early_stopping", "diverged"
std::string_view name_of(Ending);

/// The result of one step.
struct StepOutcome {
  bool trained = false;      ///< true: a mini-batch; false: a slice of the validation
  bool epoch_ended = false;  ///< the history has a new row
  std::size_t images = 0;    ///< in the mini-batch
};

/// The current state of the training.
struct Progress {
  Phase phase = Phase::training;
  int epoch = 1, epochs = 0;          ///< the current epoch, from 1
  int step = 0, steps_per_epoch = 0;  ///< steps done in this epoch; at the end: in the last one
  std::int64_t global_step = 0;       ///< mini-batches trained in the whole training
  double loss = 0, accuracy = 0;      ///< means over this epoch so far
  double batch_loss = 0, batch_accuracy = 0;
  double learning_rate = 0;      ///< of the last step
  double images_per_second = 0;  ///< recent average of the training speed; 0 before the first step
  double seconds_left = 0;       ///< for the whole training, validation included; 0 while unknown
};

/// Everything a training needs, besides the model's parameters, to resume bit-identically: numbers as JSON,
/// and arrays. The arrays of save() are views of the trainer's memory, valid until its next step.
struct TrainerState {
  Json json;
  std::vector<NamedArray> arrays;
};

/// A training diverges when the loss of a batch or of the validation is NaN or above this limit, which is
/// thousands of times the loss of guessing among ten classes (2.3).
constexpr double kDivergedLoss = 1e4;

class Trainer {
 public:
  /// Model, data sets and Exec must outlive the trainer. The data sets may grow between steps; growth takes
  /// effect at the next epoch. A null `validation` is an empty one. Errors: no_data, bad_argument (such as a
  /// batch_size above the data set's size), bad_config (model and data do not fit), out_of_memory.
  static Result<std::unique_ptr<Trainer>> make(Model&, const Dataset& train, const Dataset* validation,
                                               FitOptions, Exec&);

  /// Trains the next mini-batch or validates the next slice. Does nothing when done. After the error
  /// `diverged` the training is over, and the model has the weights from the start of the epoch, or from
  /// restore() if that was during this epoch.
  Result<StepOutcome> step();
  bool done() const { return phase_ == Phase::finished; }
  /// Whether the next step validates.
  bool validating() const { return phase_ == Phase::validating; }
  /// Ends the training. The model gets the best or averaged weights, as at a regular end.
  void stop();
  Ending ending() const { return ending_; }

  Progress progress() const;
  const std::vector<HistoryRow>& history() const { return history_; }
  /// The result of the last validation; null before the first.
  const Evaluation* evaluation() const { return evaluation_ ? &*evaluation_ : nullptr; }
  const FitOptions& options() const { return options_; }

  /// Requests the layers' norms of the next mini-batch, before its update. They cost a pass over all weights
  /// and gradients and change nothing.
  void note_norms() { wants_norms_ = true; }
  /// The requested norms, once; empty if there are no new ones.
  std::vector<LayerNorms> take_norms() { return std::exchange(norms_, {}); }
  /// `watch` receives the predictions of every validation, except those with test-time augmentation.
  void watch_validation(Evaluator::OnSlice watch) { on_validated_ = std::move(watch); }

  /// Both take effect at the next mini-batch. The schedule still multiplies the learning rate.
  Result<void> set_learning_rate(double);
  Result<void> set_batch_size(int);

  TrainerState save();
  /// Call on a new trainer of a model with the same configuration, after loading the model's parameters. With
  /// the same data and options the training resumes bit-identically. A stopped training resumes; a finished
  /// one resumes if the options have more epochs than before. Without pictures to validate, an interrupted
  /// validation is skipped. With fewer epochs than were trained, the training is finished.
  Result<void> restore(const TrainerState&);

 private:
  /// What the optimizer keeps for one parameter.
  struct Slots {
    std::vector<std::vector<float>> arrays;
    const ParameterGroup* group = nullptr;
  };

  Trainer(Model&, const Dataset& train, const Dataset* validation, FitOptions, Exec&);
  Result<void> prepare();
  Result<void> check_batch_size(int) const;
  std::size_t train_count() const;
  /// Pictures of the next validation; 0: there is none.
  std::size_t validation_count() const;
  bool validates() const { return validation_count() > 0; }

  // Epochs (trainer.cpp).
  /// Pictures of this epoch: usable_images(), or a share of them in a partial last epoch.
  std::size_t epoch_end() const;
  /// All pictures, or those that fill whole batches if the remainder is dropped.
  std::size_t usable_images() const;
  /// Position in the training, in epochs, after `rows` more pictures.
  double position_after(double rows) const;
  bool in_last_epoch() const { return epoch_ + 1 >= options_.epochs; }
  void begin_validation(Views);
  Result<void> validate_slice();
  /// False: a second validation follows, with test-time augmentation.
  bool end_validation();
  void end_epoch();
  void finish(Ending);
  /// Ends the training with the last good weights.
  Error diverge(const std::string& what);
  Error diverge(const std::string& quantity, double value);

  // One mini-batch (trainer_batch.cpp).
  void make_order();
  /// Model::adapt with the first pictures.
  Result<void> adapt();
  Result<void> train_batch();
  /// Whether the parameter changes in this epoch.
  bool learns(std::size_t parameter) const;
  /// Sets rate and decay; the caller sets the arrays.
  OptimizerStep optimizer_step(std::size_t parameter) const;
  /// Chooses the parameters that backward updates itself.
  void choose_fused();
  Result<void> update();
  double gradient_scale(const Parameter&, double global_scale) const;

  // Saving and resuming (trainer_state.cpp).
  std::vector<NamedArray> state_arrays();
  Result<void> restore_numbers(const Json&);

  Model& model_;
  const Dataset& train_;
  const Dataset* validation_;
  FitOptions options_;
  Exec& exec_;
  std::optional<Model> augmentation_;
  std::vector<std::shared_ptr<Callback>> callbacks_;
  std::vector<Slots> slots_;
  KeptWeights kept_;

  // Position in the training.
  Phase phase_ = Phase::training;
  Ending ending_ = Ending::none;
  int epoch_ = 0;  // from 0
  EpochSums sums_;
  int ended_epoch_steps_ = 0;         // steps of the previous epoch
  std::size_t epoch_images_ = 0;      // pictures in this epoch; 0: it has not begun
  std::vector<std::uint32_t> order_;  // of the pictures in this epoch
  std::int64_t global_step_ = 0;

  double learning_rate_ = 0;                    // without the schedule
  double step_learning_rate_ = 0;               // of the last step, with the schedule
  double batch_loss_ = 0, batch_accuracy_ = 0;  // of the last mini-batch
  double validation_seconds_ = 0;               // of the current or last validation
  double images_per_second_ = 0;                // recent average

  // The current mini-batch.
  Batch batch_;
  std::vector<float> d_logits_;
  std::vector<FusedAdam> fused_;
  bool wants_norms_ = false;
  std::vector<LayerNorms> norms_;

  // Validation and results.
  std::unique_ptr<Evaluator> evaluator_;
  std::optional<Evaluation> evaluation_;
  Views views_ = Views::plain;          // of the current validation
  std::optional<double> tta_accuracy_;  // of the validation just finished
  std::vector<HistoryRow> history_;
  Evaluator::OnSlice on_validated_;
};

}  // namespace cnn
