#pragma once
/// Records trainings as runs, from the trainer's events.

#include <string>
#include <vector>

#include "web/app/state/app_state.h"
#include "web/app/state/messages.h"

namespace playground {

class RunRecorder {
 public:
  explicit RunRecorder(AppState& state) : state_(state) {}

  /// The next training starts a new run: its weights are new.
  void expect_new_run() { new_run_ = true; }
  bool expects_new_run() const { return new_run_; }
  /// The epochs behind the weights, as the trainer counts them; a continued training has them behind it.
  int trained_epochs() const { return trained_epochs_; }
  void set_trained_epochs(int epochs) { trained_epochs_ = epochs; }

  /// The app requests a training. It begins with the trainer's `run`: a refused one leaves no trace.
  void begin_training() { fit_began_ = true; }
  void end_training();

  /// The trainer's events of these names. A training may also come from a script. `fit`: the training
  /// settings, which a new run copies.
  void on_run(const Json& args, const Json& fit);
  void on_step(const Json& args, const Json& fit);
  void on_epoch(const Json& args, const Json& fit);

  /// A model arrived with the history of its training, from a file or after the trainer's end. If a run of
  /// this network starts with these rows, truncates that run to them and continues it.
  void on_restored(const Json::Array& rows, const Json& fit);

  /// Marks the current place in the curves of the current run.
  void add_mark(const std::string& text);
  /// Runs of earlier visits, before all others.
  void add_kept(std::vector<Run> runs);
  void set_key(int id, const std::string& key);
  void show(int id, bool shown);
  void rename(int id, const std::string& name);
  /// Removes a run; the current one stays.
  void remove(int id);
  /// Null if there is none with that id.
  const Run* find(int id) const;

 private:
  void begin_run(const Json& fit);
  /// Makes the run that starts with these rows the current one; false if there is none.
  bool go_back_to(const Json::Array& rows);
  /// The bar's figures are those of the last epoch of the current run.
  void show_last_epoch();

  AppState& state_;
  bool new_run_ = true;
  bool restored_ = false;   ///< the current run's weights come from a file, and no training has begun since
  bool fit_began_ = false;  ///< a training was requested, and none of its steps has arrived
  Continued before_;        ///< what the current run had behind it when this training began
  int last_run_id_ = 0;
  int trained_epochs_ = 0;
};

}  // namespace playground
