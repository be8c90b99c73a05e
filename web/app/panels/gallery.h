#pragma once
/// Pictures with their true and predicted class: the strip that follows training, and the gallery.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

/// The gallery's filter, order and page; sent with every request for it.
struct GalleryPanel {
  int sort = 0;  ///< index into kGallerySorts
  bool only_mistakes = false;
  int actual = -1, predicted = -1;  ///< -1: any
  int page = 0;
  int open = -1;  ///< the enlarged picture
};
constexpr const char* kGallerySorts[] = {"index", "confidence", "loss"};

struct GalleryState {
  const std::vector<GalleryItem>& items;
  const PictureAtlas& pictures;
  const std::vector<std::string>& names;
  double total = 0;
  bool waiting = false, has_model_output = false;
  bool trains = false;  ///< training: the items are those of the last validation
  int epoch = 0;        ///< the predictions were made after this epoch
};

UiRequest draw(GalleryPanel& ui, const GalleryState& state, bool narrow);

/// The `most` most probable classes of a picture with their probabilities. The true class, if known, is
/// marked.
void draw_probabilities(const GalleryItem& item, const std::vector<std::string>& names, int most,
                        float width);

/// Current predictions: one row of pictures, as many as fit. A press looks inside the network with that one.
/// `of_test`: they are test pictures, not held-out training pictures.
UiRequest draw_strip(const GalleryState& state, bool of_test);
float strip_height();

}  // namespace playground
