#pragma once
/// Requests of the Inside tab: short questions one at a time, long ones beside them, and all of them again
/// when the weights changed.

#include <string>
#include <vector>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class InsideRequests {
 public:
  InsideRequests(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  /// Asks the questions of the view on screen that have no current answer. Called only while the tab is
  /// visible.
  void follow(const std::vector<InsideQuestion>& questions);
  /// The progress of a long question.
  void on_progress(const Json& args);

 private:
  bool waits_for_short();
  void ask(const InsideQuestion& one, const std::string& text);
  void cancel(InsideAnswer& answer);

  AppState& state_;
  Mailbox& mail_;
};

}  // namespace playground
