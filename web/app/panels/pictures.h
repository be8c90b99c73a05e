// The data set looked at: how many pictures each class has, all of them to scroll through, and one of them
// closely, with its numbers and what augmentation makes of it.
#pragma once

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/picture_pages.h"

namespace playground {

struct PicturesPanel {
  PicturePages::Set set;
  int first = 0, last = -1;  ///< positions on screen in the last frame; none: first > last
};

struct PicturesState {
  const DataSetInfo& data;
  PicturePages& pages;
  const LookedAt& closely;
  double held_out = 0;  ///< share of the training pictures kept for validation; 0: the test pictures validate
};

UiRequest draw(PicturesPanel& ui, const PicturesState& state, bool narrow);

}  // namespace playground
