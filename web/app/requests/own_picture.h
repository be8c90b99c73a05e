#pragma once
/// Requests for the user's own picture: taking it from a file, the clipboard or the camera, and its
/// prediction.

#include <string>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class OwnPictureRequests {
 public:
  OwnPictureRequests(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  /// Asks the page for a picture; "nothing" turns the camera off.
  void take(const std::string& from);
  /// A picture arrived. True: it is shown from now on.
  bool on_picture(const Event& event);
  /// Another network or other data: what the network said is void.
  void forget();
  /// The weights changed; the picture has to be predicted again.
  void weights_changed() { state_.recognized.asked_version = -1; }
  /// Requests a prediction if the picture or the weights changed. A picture that is not on screen needs
  /// neither a prediction nor the camera.
  void follow(bool on_screen);

 private:
  int void_before_ = 0;  ///< counts what makes answers void that are still on their way
  AppState& state_;
  Mailbox& mail_;
};

}  // namespace playground
