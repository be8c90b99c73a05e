#pragma once
/// The user's own picture: drawn here, chosen, pasted, dropped or from the camera. The user crops it to a
/// square; the panel shows the network's 32 x 32 input and its prediction.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/own_picture.h"
#include "web/app/state/pictures.h"

namespace playground {

struct OwnPicturePanel {
  bool draws = true;  ///< the pointer draws; otherwise it moves the square
  int brush = 1;      ///< small, middle, large
  int color = 0;
  ImVec2 last{0, 0};  ///< last position of the brush, in pixels of the picture
};

struct OwnPictureState {
  OwnPicture& picture;
  const Recognized& recognized;
  const std::vector<std::string>& names;
  bool trained = false;
};

UiRequest draw(OwnPicturePanel& ui, const OwnPictureState& state, bool narrow);

}  // namespace playground
