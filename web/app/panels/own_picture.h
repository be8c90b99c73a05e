// A picture of the user's own before the network: drawn here, chosen, pasted, dropped or from the camera; the
// square that counts moved and scaled; what the network sees, and what it says.
#pragma once

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/own_picture.h"
#include "web/app/state/pictures.h"

namespace playground {

struct OwnPicturePanel {
  bool shown = false;  ///< in place of the test pictures
  bool draws = true;   ///< the pointer draws; otherwise it moves the square
  int brush = 1;       ///< small, middle, large
  int color = 0;
  ImVec2 last{0, 0};  ///< where the brush was, in pixels of the picture
};

struct OwnPictureState {
  OwnPicture& picture;
  const Recognized& recognized;
  const std::vector<std::string>& names;
  bool trained = false;
};

UiRequest draw(OwnPicturePanel& ui, const OwnPictureState& state, bool narrow);

}  // namespace playground
