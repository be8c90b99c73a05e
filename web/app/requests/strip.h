#pragma once
/// Requests of the strip: the row of pictures below the curves, with the current prediction of each.

#include <chrono>
#include <cstdint>
#include <vector>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class StripRequests {
 public:
  StripRequests(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  /// Requests the pictures: test pictures, or those held out if a share of the training pictures validates.
  void ask_pictures(double held_out);
  double held_out() const { return held_out_; }
  /// Requests new predictions, unless some are on their way.
  void refresh();
  /// The same, at most once a second.
  void refresh_if_due();

 private:
  AppState& state_;
  Mailbox& mail_;
  std::vector<std::uint8_t> pictures_;  ///< RGB [n, 32, 32, 3]
  std::chrono::steady_clock::time_point asked_{};
  double held_out_ = 0;  ///< share of the training pictures that validates; 0: the test pictures do
};

}  // namespace playground
