#pragma once
/// The model a session holds, and what is known of its training.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/formats/checkpoint.h"
#include "core/model/model.h"
#include "core/training/trainer.h"
#include "web/trainer/message.h"

namespace playground::trainer {

class HeldModel {
 public:
  explicit operator bool() const { return model_ != nullptr; }
  cnn::Model& operator*() { return *model_; }
  const cnn::Model& operator*() const { return *model_; }
  cnn::Model* operator->() { return &*model_; }
  const cnn::Model* operator->() const { return &*model_; }
  /// For what works on it longer than one call: the model stays as long as anyone holds it.
  std::shared_ptr<cnn::Model> hold() { return model_; }

  /// Replaces the model by a new one; nothing is known of the new one's training. fresh: a training may draw
  /// its weights.
  void replace(cnn::Model model, bool fresh);
  /// Replaces the model by that of a file, with the training the file describes.
  void replace(cnn::LoadedModel loaded);

  /// Grows with every change of a weight.
  int version() const { return version_; }
  void weights_changed() { ++version_; }
  /// No step was made since the model was built, so its weights may be drawn again.
  bool fresh() const { return fresh_; }
  void draw_weights(std::uint64_t seed);
  /// The same network and training with another pixel range. Creates a new object, because jobs may still
  /// hold the old one.
  cnn::Result<void> set_input_range(cnn::InputRange range);

  int epochs_trained() const { return epochs_trained_; }
  /// Of the last training; as many as are trained if that is not known.
  int epochs_planned() const;
  std::int64_t steps_trained() const { return steps_trained_; }
  void set_epochs_trained(int epochs) { epochs_trained_ = epochs; }
  /// A step was made or attempted: the weights are no longer fresh.
  void mark_used() { fresh_ = false; }
  /// A step changed the weights. total: steps of the training so far.
  void count_steps(std::int64_t total);

  /// Of the file the model came from, or of its last training.
  const cnn::ModelNotes& notes() const { return notes_; }
  /// The last training left a state from which it can continue.
  bool can_continue() const { return !notes_.training.is_null(); }
  /// A training on data with these classes begins; the model keeps their names.
  void note_classes(std::vector<std::string> names) { notes_.class_names = std::move(names); }
  /// Of the data set that the training uses (DataStore::identity).
  void note_data(cnn::Json identity) { notes_.data = std::move(identity); }
  /// For files that are not checkpoints: of the running training, or else the last one. running: null if none
  /// runs. class_names: of the data in use; used if the model has none.
  cnn::ModelNotes export_notes(const cnn::Trainer* running,
                               const std::vector<std::string>& class_names) const;
  /// With what the running training, or else the last one, needs to continue. running: null if none runs.
  Buffer checkpoint(cnn::Trainer* running, const std::vector<std::string>& class_names) const;
  /// Keeps what fit {continue: true} continues from, unless the training diverged: that left weights that do
  /// not belong to the state of its optimizer.
  void keep_training(cnn::Trainer& ended);
  /// Gives a new trainer the state of the last training.
  cnn::Result<void> continue_training(cnn::Trainer& trainer);

 private:
  std::vector<cnn::StateArray> state_arrays() const;

  std::shared_ptr<cnn::Model> model_;
  bool fresh_ = false;
  int version_ = 0;
  int epochs_trained_ = 0;
  std::int64_t steps_trained_ = 0;
  cnn::ModelNotes notes_;
  std::vector<std::string> state_names_;   // of the arrays of the training in notes_
  std::vector<std::vector<float>> state_;  // by state_names_
};

}  // namespace playground::trainer
