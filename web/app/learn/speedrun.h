// The chapter on the record recipe: what whitening makes of a picture, how long the run would take here, and
// its start.
#pragma once

#include <string>
#include <vector>

#include "web/app/controls/figures.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/net.h"

namespace playground {

class SpeedrunChapter final : public Chapter {
 public:
  static constexpr int kMaps = 12;  ///< directions of a patch of 2 x 2 pixels in color

  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;
  /// How far apart the numbers of each map are, over the pictures there are: about 1, which is what whitening
  /// is for.
  const std::vector<double>& spreads() const { return spreads_; }

 private:
  void learn(const Lesson& lesson);
  void show(const Lesson& lesson);
  void draw_maps() const;

  int picture_ = 0, edition_ = -1;
  Net net_;
  std::vector<double> spreads_;
  MapAtlas maps_{kMaps};
};

/// The run's time in seconds: the recipe's 9.9 epochs of whole batches of 1,024, a validation after each, and
/// the last picture by picture in six views. 0: the data set has too few pictures, or nothing was measured.
double speedrun_seconds(const Measured& measured, double train_pictures, double test_pictures);

}  // namespace playground
