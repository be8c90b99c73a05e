#pragma once
/// Chapter 9: the record recipe. Shows the whitened maps of a picture, estimates the run's time on this
/// machine, and starts it.

#include <string>
#include <vector>

#include "web/app/controls/figures.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/net.h"

namespace playground {

class SpeedrunChapter final : public Chapter {
 public:
  static constexpr int kMaps = 12;  ///< 2 x 2 pixels in three colors have twelve directions

  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;
  /// Root mean square of each map over the loaded pictures: about 1 after whitening.
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

/// The run's time in seconds: 9.9 epochs of full batches of 1,024, a validation after each epoch, and a last
/// one with six views of each picture. 0: the data set has too few pictures, or nothing was measured.
double speedrun_seconds(const Measured& measured, double train_pictures, double test_pictures);

}  // namespace playground
