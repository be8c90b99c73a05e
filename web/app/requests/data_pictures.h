#pragma once
/// Requests for the data set's pictures: the preview, the pages on screen, and one picture with its
/// augmentations.

#include <optional>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class DataPictures {
 public:
  DataPictures(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  /// Drops all pages; the data set has changed.
  void forget();
  /// Requests the first picture of every class, in the order of the classes.
  void ask_preview();
  /// Requests what the pictures on screen, positions first to last of `set`, still need. `fit` holds the
  /// training settings; the augmentation is one of them.
  void follow(const PicturePages::Set& set, int first, int last, const Json& fit);
  /// Shows one picture with random draws of its augmentation.
  void look_at(bool test, int index, const Json& fit);
  /// New draws for the same picture.
  void draw_again(const Json& fit);

 private:
  void ask_page(int page);
  void ask_augmented(const Json& fit);

  AppState& state_;
  Mailbox& mail_;
  std::optional<Json> augmented_with_;  ///< settings and model of the draws on screen
  bool page_waiting_ = false, pages_broken_ = false;
};

}  // namespace playground
