#pragma once
/// The data set: the number of pictures in each class, a gallery of all of them, and one picture enlarged
/// with its pixel values and augmented versions.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/picture_pages.h"

namespace playground {

constexpr int kDraws = 8;  ///< augmented versions of one picture, side by side

/// One picture of the data set, as stored and as augmented for training.
struct LookedAt {
  bool test = false;
  int index = -1, label = -1;       ///< -1: none yet
  PictureAtlas atlas{1 + kDraws};   ///< the picture, then the draws
  std::vector<std::string> layers;  ///< the augmentation layers; empty: no augmentation
  double step = 1;                  ///< the training step whose random numbers are used
};

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
};

UiRequest draw(PicturesPanel& ui, const PicturesState& state, bool narrow);

}  // namespace playground
