// Pictures with what they show and what the net takes them for: the strip that follows training, and the
// gallery.
#pragma once

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

/// What the user asks of the gallery; sent with every request for it.
struct GalleryPanel {
  int sort = 0;  ///< index, most confident first, largest loss first
  bool only_mistakes = false;
  int actual = -1, predicted = -1;  ///< -1: any
  int page = 0;
  int open = -1;  ///< the picture looked at closely
};
constexpr const char* kGallerySorts[] = {"index", "confidence", "loss"};

struct GalleryState {
  const std::vector<GalleryItem>& items;
  const PictureAtlas& pictures;
  const std::vector<std::string>& names;
  double total = 0;
  bool waiting = false, has_model_output = false;
  bool trains = false;  ///< then they are the last validation's
  int epoch = 0;        ///< whose weights said this
};

UiRequest draw(GalleryPanel& ui, const GalleryState& state, bool narrow);

/// The surest classes of a picture and how sure the net is of each; the true one, where it is known, is
/// marked.
void draw_probabilities(const GalleryItem& item, const std::vector<std::string>& names, int most,
                        float width);

/// What the net sees now: one row of pictures, as many as fit.
void draw_strip(const GalleryState& state);

}  // namespace playground
