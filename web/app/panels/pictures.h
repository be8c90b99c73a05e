#pragma once
/// The data set: the number of pictures in each class, a gallery of all of them, and one picture enlarged
/// with its pixel values and augmented versions.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/picture_pages.h"
#include "web/app/state/typed.h"

namespace playground {

struct PicturesPanel {
  PicturePages::Set set;
  int first = 0, last = -1;  ///< positions visible in the last frame; first > last: none
};

struct PicturesState {
  const DataSetInfo& data;
  PicturePages& pages;
  const LookedAt& closely;
  double held_out =
      0;  ///< share of the training pictures held out for validation; 0: validates on the test set
  std::optional<Rejected> refused = {};  ///< what was typed instead of such a share
};

UiRequest draw(PicturesPanel& ui, const PicturesState& state, bool narrow);

}  // namespace playground
