#pragma once
/// The runs that the browser keeps for later visits.

#include <chrono>
#include <string>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"
#include "web/app/state/run_recorder.h"

namespace playground {

class KeptRuns {
 public:
  KeptRuns(AppState& state, RunRecorder& recorder, Mailbox& mail)
      : state_(state), recorder_(recorder), mail_(mail) {}

  /// Those of earlier visits are added to the list.
  void ask();
  /// Keeps the run as it is now.
  void keep(int id);
  /// The current run; during a training not at every epoch.
  void keep_current();
  void keep_current_if_due();
  void forget(int id);

 private:
  AppState& state_;
  RunRecorder& recorder_;
  Mailbox& mail_;
  std::chrono::steady_clock::time_point kept_{};
  bool again_ = false;  ///< something changed while the last one was being kept
};

}  // namespace playground
