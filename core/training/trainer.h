#pragma once
/// core/training/trainer.h: trains a model, one mini-batch at a time, so that whoever calls can show, pause, change
/// and stop between them. The same seed gives the same weights, bit for bit, whatever the number of threads
/// and however often the training was saved and continued.

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
#include "core/training/evaluation.h"
#include "core/training/fit_options.h"
#include "core/training/history.h"
#include "core/training/norms.h"

namespace cnn {

enum class Phase { training, validating, finished };
/// Why there is nothing more to do.
enum class Ending { none, finished, stopped, early_stopping, diverged };
/// "", "finished", "stopped", "early_stopping", "diverged"
std::string_view word(Ending);

/// What one step did.
struct StepOutcome {
  bool trained = false;      ///< a mini-batch; otherwise a slice of the validation
  bool epoch_ended = false;  ///< history has one row more
  std::size_t images = 0;    ///< of the mini-batch
};

/// How far the training is.
struct Progress {
  Phase phase = Phase::training;
  int epoch = 1, epochs = 0;          ///< epoch: the running one, from 1
  int step = 0, steps_per_epoch = 0;  ///< steps done of this epoch; over: of the last
  std::int64_t global_step = 0;       ///< mini-batches trained in all
  double loss = 0, accuracy = 0;      ///< means over this epoch so far
  double batch_loss = 0, batch_accuracy = 0;
  double learning_rate = 0;      ///< of the last step
  double images_per_second = 0;  ///< of late; 0 before the first steps
  double seconds_left = 0;       ///< of the whole training, validation included; 0 while unknown
};

/// An array that belongs to a training besides the model's parameters, by name: "optimizer/m/conv2d/kernel".
struct NamedArray {
  std::string name;
  std::span<float> values;
};

/// What a training needs to go on as if it had not been interrupted, besides the model's parameters: numbers
/// as JSON and arrays. The arrays of save() are the trainer's own memory and valid until its next step.
struct TrainerState {
  Json json;
  std::vector<NamedArray> arrays;
};

/// A training diverges when the loss of a batch (or of the validation) is not a number or above this:
/// thousands of times worse than guessing among ten classes, which costs 2.3.
constexpr double kDivergedLoss = 1e4;

class Trainer {
 public:
  /// `train` and `validation` must stay; they may grow between steps, which counts from the next epoch on.
  /// Errors: no_data, bad_argument (batch_size above the data set), bad_config (model and data do not fit),
  /// out_of_memory.
  static Result<std::unique_ptr<Trainer>> make(Model&, const Dataset& train, const Dataset* validation,
                                               FitOptions, Exec&);

  /// Trains the next mini-batch, or validates the next slice; nothing once finished. On `diverged` the
  /// training has ended and the model has the weights from before the running epoch, or from when it was
  /// continued in it.
  Result<StepOutcome> step();
  bool done() const { return phase_ == Phase::finished; }
  /// Whether the next step is a slice of a validation.
  bool validating() const { return phase_ == Phase::validating; }
  /// Ends it here; best or averaged weights come into the model as at a regular end.
  void stop();
  Ending ending() const { return ending_; }

  Progress progress() const;
  const std::vector<HistoryRow>& history() const { return history_; }
  /// Of the last validation; null before the first.
  const Evaluation* evaluation() const { return evaluation_ ? &*evaluation_ : nullptr; }
  const FitOptions& options() const { return options_; }

  /// The next mini-batch notes its layers' norms, before the update: a look at every weight and gradient,
  /// then and only then. It changes no weight.
  void note_norms() { wants_norms_ = true; }
  /// Of the last mini-batch that noted them; each is given once.
  std::vector<LayerNorms> take_norms() { return std::exchange(norms_, {}); }
  /// Gets what the validations compute on their way: as Evaluator's OnSlice.
  void watch_validation(Evaluator::OnSlice watch) { on_validated_ = std::move(watch); }

  /// From the next batch on. The schedule's factor comes on top.
  Result<void> set_learning_rate(double);
  Result<void> set_batch_size(int);

  TrainerState save();
  /// Into a trainer just made, with the same model configuration and, for the same continuation, data and
  /// options; the model's parameters are loaded by the caller, before. More epochs than before continue a
  /// finished training; one that was stopped goes on in any case. If it was validating and there is nothing to
  /// validate now, its epoch ends without a validation. With fewer epochs than were trained it is finished.
  Result<void> restore(const TrainerState&);

 private:
  struct Slots {  // of one parameter
    std::vector<std::vector<float>> arrays;
    std::vector<float> average;  // when use_ema
    std::vector<float> slow;     // when lookahead_steps > 0
    const ParameterGroup* group = nullptr;
  };

  Trainer(Model&, const Dataset& train, const Dataset* validation, FitOptions, Exec&);
  Result<void> prepare();
  Result<void> check_batch_size(int) const;
  std::size_t train_count() const;
  /// Pictures to validate, 0: none.
  std::size_t validation_count() const;
  bool validates() const { return validation_count() > 0; }
  void make_order();
  /// Pictures after which the running epoch is over: all, without the remainder where that is dropped, or, in
  /// the last epoch, the part of them that is asked for.
  std::size_t epoch_end() const;
  std::size_t usable_images() const;
  /// Place in the training, in epochs, `rows` further than what was trained.
  double place_after(double rows) const;
  /// Shows the first pictures to layers that take parameters from them.
  Result<void> adapt();
  Result<void> train_batch();
  OptimizerStep optimizer_step(std::size_t parameter) const;
  bool learns(std::size_t parameter) const;
  void choose_fused();
  Result<void> update();
  double gradient_scale(const Parameter&, double global_scale) const;
  void average_weights(std::size_t parameter);
  /// decay 1: the slow weights come into the model.
  void look_ahead(double decay);
  void begin_lookahead();
  void begin_validation(Views);
  /// False: the same pictures once more, with test-time augmentation.
  bool end_validation();
  Result<void> validate_slice();
  void end_epoch();
  bool in_last_epoch() const { return epoch_ + 1 >= options_.epochs; }
  void finish(Ending);
  Error diverge(const std::string& what);
  /// Puts the averaged weights into the model, or takes them out; the others are kept in the slots.
  void use_average(bool in_model);
  void copy_weights(std::vector<float>& to) const;
  void set_weights(const std::vector<float>& from);
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

  Phase phase_ = Phase::training;
  Ending ending_ = Ending::none;
  int epoch_ = 0, step_ = 0;      // both from 0
  int ended_epoch_steps_ = 0;     // of the epoch before
  std::size_t position_ = 0;      // pictures of this epoch that were trained
  std::size_t epoch_images_ = 0;  // of this epoch; 0: it has not begun
  std::vector<std::uint32_t> order_;
  std::int64_t global_step_ = 0;
  double learning_rate_ = 0;       // the optimizer's, without the schedule
  double step_learning_rate_ = 0;  // with it, in the last step
  double loss_sum_ = 0, batch_loss_ = 0, batch_accuracy_ = 0;
  std::int64_t correct_ = 0;
  double epoch_seconds_ = 0, train_seconds_ = 0, validation_seconds_ = 0, images_per_second_ = 0;

  Batch batch_;
  std::vector<float> d_logits_;
  std::vector<FusedAdam> fused_;  // of the running step
  std::unique_ptr<Evaluator> evaluator_;
  std::optional<Evaluation> evaluation_;
  Views views_ = Views::plain;          // of the running validation
  std::optional<double> tta_accuracy_;  // of the one just done
  std::vector<HistoryRow> history_;
  std::vector<float> last_good_, best_;  // all parameters in a row
  bool average_in_model_ = false;
  bool wants_norms_ = false;
  std::vector<LayerNorms> norms_;
  Evaluator::OnSlice on_validated_;
};

}  // namespace cnn
