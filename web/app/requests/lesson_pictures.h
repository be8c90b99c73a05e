#pragma once
/// Requests for the pictures of the Learn tab, on which its chapters also train their own small networks.

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class LessonPictureRequests {
 public:
  LessonPictureRequests(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  /// The data set changed.
  void data_changed() { stale_ = true; }
  /// Requests the pictures if the chapters have none of this data set. Called only while the tab is visible.
  void follow();

 private:
  void ask(const char* split, int count, LessonPictures& pictures);

  AppState& state_;
  Mailbox& mail_;
  bool stale_ = true;
};

}  // namespace playground
