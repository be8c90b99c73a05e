// The worker's C++ side: takes requests by type (web/protocol.h), answers them, and works on in slices
// between them. It knows neither Emscripten nor JavaScript, so tests drive it natively.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/checkpoint.h"
#include "core/model/model.h"
#include "core/run/exec.h"
#include "core/run/profile.h"
#include "core/training/trainer.h"
#include "web/trainer/data_store.h"
#include "web/trainer/inspection.h"
#include "web/trainer/message.h"
#include "web/trainer/predictions.h"
#include "web/trainer/step_events.h"

namespace playground::trainer {

/// What the worker's host is; `hello` tells it.
struct Host {
  std::string variant = "native";
  bool simd = false, relaxed_simd = false, isolated = false;
  int threads = 1;  // at most
  std::function<double()> milliseconds;
};

class Session {
 public:
  /// header: {id, args}, {id, error} or {type, args}; payloads are valid during the call only.
  using Send = std::function<void(const cnn::Json& header, std::vector<Buffer> payloads)>;

  Session(Host host, Send send);
  void receive(std::string_view json, std::span<const Payload> payloads);
  /// Works for about that long. True: there is more to do.
  bool run(double milliseconds);

 private:
  struct Handler {
    std::string_view type;
    Handled (Session::*handle)(const Request&);
  };
  /// A call that takes more than one slice. It goes before training, which stands still meanwhile, so that it
  /// sees one state of the model; one that has a copy of the model takes turns with training.
  struct Job {
    std::optional<double> id;
    std::string state;              // told while it runs; empty: not worth telling
    std::function<Handled()> work;  // a slice; a reply or an error ends it
    bool beside_training = false;
  };
  static std::span<const Handler> handlers();

  Handled hello(const Request&);
  Handled schedule(const Request&);
  Handled measure(const Request&);
  Handled load_sample(const Request&);
  Handled load_begin(const Request&);
  Handled load_chunk(const Request&);
  Handled load_images(const Request&);
  Handled load_join(const Request&);
  Handled load_end(const Request&);
  Handled load_abort(const Request&);
  Handled dataset(const Request&);
  Handled pictures(const Request&);
  Handled augmented(const Request&);
  Handled records(const Request&);
  Handled build(const Request&);
  Handled summary(const Request&);
  Handled check(const Request&);
  Handled fit(const Request&);
  Handled pause(const Request&);
  Handled resume(const Request&);
  Handled step(const Request&);
  Handled stop(const Request&);
  Handled set(const Request&);
  Handled profile(const Request&);
  Handled cancel(const Request&);
  Handled evaluate(const Request&);
  Handled predict(const Request&);
  Handled predictions(const Request&);
  Handled inspect(const Request&);
  Handled export_model(const Request&);
  Handled import_model(const Request&);

  void reply(std::optional<double> id, Handled handled);
  void event(std::string_view type, cnn::Json args);
  void tell_state();
  std::string state() const;
  cnn::Result<void> need_model() const;
  cnn::Result<void> need_split(std::string_view what, Split which) const;
  cnn::Result<void> need_no_training(std::string_view what) const;
  void use_threads(int threads);
  void data_changed();

  /// Takes the place of the model there was. fresh: a training may draw its weights anew.
  void use_model(cnn::Model model, bool fresh);
  cnn::ModelNotes notes() const;
  Buffer checkpoint();
  cnn::Result<void> continue_training(cnn::Trainer& trainer);

  bool training() const { return trainer_ != nullptr && !paused_; }
  void train(double until);
  cnn::Result<cnn::StepOutcome> profiled_step();
  /// Takes note of a step; false: the training stands still or is over.
  bool after_step(const cnn::StepOutcome& outcome);
  void clear_profile();
  void tell_step();
  void tell_epoch();
  void tell_epoch_numbers();
  /// Sends a checkpoint if an epoch ended since the last one and that is longer ago than `interval`.
  void tell_checkpoint(double interval);
  void end_training(Handled outcome);
  void keep_training();
  cnn::Result<bool> advance_predictions(Split which);
  void watch_validation();
  Reply validated_page(const Wanted& wanted) const;
  void drop_jobs(const std::string& why);
  Inspection::Subject inspected() const;
  void tell_inspecting(std::string_view what, double share);

  Host host_;
  Send send_;
  std::unique_ptr<cnn::Exec> exec_;
  DataStore data_;
  std::optional<cnn::Model> model_;
  bool fresh_ = false;     // no step was made since the model was built: its weights may be drawn anew
  int model_version_ = 0;  // grows with every change of a weight
  cnn::ModelNotes notes_;  // of the file the model came from, or of its last training
  std::vector<std::string> state_names_;  // of the arrays of the training in the notes, which can go on
  std::vector<std::vector<float>> state_;
  int epochs_trained_ = 0;
  std::int64_t steps_trained_ = 0;
  int kept_epochs_ = 0;         // the last checkpoint's
  double last_checkpoint_ = 0;  // when

  std::unique_ptr<cnn::Trainer> trainer_;
  bool paused_ = false;
  std::optional<double> fit_id_;
  std::vector<std::optional<double>> step_ids_;  // who waits for a single step
  StepEvents steps_;
  cnn::Profile profile_;  // of the training's steps, without validation
  double profiled_images_ = 0, profiled_ms_ = 0;

  Predictions predictions_;
  ValidatedPredictions validated_;
  Inspection inspection_;
  double told_inspecting_ = 0;  // when
  std::deque<Job> jobs_;
  std::string told_state_;
  int told_epoch_ = -1;
};

/// What `build` and `check` answer.
cnn::Json describe_model(const cnn::Model& model);
/// An error where the model takes no 32 x 32 color pictures or gives no number a class.
cnn::Result<void> check_shapes(const cnn::Model& model);
cnn::Json history_of(const cnn::Trainer& trainer);

}  // namespace playground::trainer
