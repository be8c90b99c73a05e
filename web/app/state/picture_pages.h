#pragma once
/// A data set's pictures for scrolling. Of tens of thousands, the pages on screen and a few more are held,
/// each in an atlas that later pages reuse.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "web/app/state/pictures.h"

namespace playground {

class PicturePages {
 public:
  static constexpr int kPage = 256;  ///< pictures per request; one texture of 512 x 512
  static constexpr int kMost = 12;   ///< 3,072 pictures: more than a 4K screen shows, in 12 MB of textures

  /// Which pictures, in their stored order; label -1: of all classes.
  struct Set {
    bool test = false;
    int label = -1;
    friend bool operator==(const Set&, const Set&) = default;
  };
  struct Cell {
    const PictureAtlas& atlas;
    int place;         ///< in the atlas
    int index, label;  ///< in the split
  };

  const Set& set() const { return set_; }
  /// Drops the held pages if the set differs from the current one.
  void choose(const Set& set);
  void forget();
  /// Grows when pending requests become useless.
  int generation() const { return generation_; }

  /// The first page needed for positions first to last that is not held.
  std::optional<int> missing(int first, int last) const;
  void fill(int page, std::span<const double> indices, std::span<const double> labels,
            std::span<const std::uint8_t> rgb);
  std::optional<Cell> at(int position);
  int held() const;

 private:
  struct Page {
    int number = -1;  ///< -1: free
    std::uint64_t used = 0;
    std::unique_ptr<PictureAtlas> atlas = std::make_unique<PictureAtlas>(kPage);
    std::vector<int> indices, labels;
  };
  Page* find(int number);

  Set set_;
  int generation_ = 0;
  std::uint64_t now_ = 0;
  std::vector<Page> pages_;
};

constexpr int kDraws = 8;  ///< random augmentations of one picture, shown side by side

/// One picture of the data set, as stored and as augmentation changes it.
struct LookedAt {
  bool test = false;
  int index = -1, label = -1;       ///< -1: none yet
  PictureAtlas atlas{1 + kDraws};   ///< the picture, then the draws
  std::vector<std::string> layers;  ///< the augmentation layers that change it; empty: none
  double step = 1;                  ///< the training step that the draws belong to
};

}  // namespace playground
