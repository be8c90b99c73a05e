#pragma once
/// Requests about speed: the profile of a training step, and how fast this machine trains a preset.

#include <chrono>
#include <string>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class SpeedRequests {
 public:
  SpeedRequests(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  /// A training step was made; the profile is outdated.
  void step_made() { profile_stale_ = true; }
  /// Requests an outdated profile, at most once a second. Called only while the tab is visible.
  void follow_profile();
  /// Trains the preset for two seconds. Does nothing while a measurement runs.
  void measure(const std::string& preset);

 private:
  AppState& state_;
  Mailbox& mail_;
  std::chrono::steady_clock::time_point profile_asked_{};
  bool profile_stale_ = true;
};

}  // namespace playground
