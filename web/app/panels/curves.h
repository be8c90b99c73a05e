// Accuracy and loss while training goes on: training per step (raw faint, smoothed bold) and validation per
// epoch.
#pragma once

#include "web/app/actions.h"
#include "web/app/known.h"
#include "web/app/plot.h"

namespace playground {

struct CurvesPanel {
  int by_epoch = 0;   ///< 0: every step, 1: one point an epoch, as the tutorial plots it
  bool more = false;  ///< speed and learning rate as well
  PlotView accuracy, loss, speed, rate;
};

struct CurvesState {
  const std::vector<Run>& runs;  ///< the last is the present one
  bool starting = false;
};

Asked draw(CurvesPanel& ui, const CurvesState& known, float height, bool narrow);

/// The two pictures as they are drawn, also for export.
struct CurvePicture {
  PlotSpec spec;
  std::vector<PlotLine> lines;
};
CurvePicture accuracy_picture(const CurvesPanel& ui, const CurvesState& known);
CurvePicture loss_picture(const CurvesPanel& ui, const CurvesState& known);

}  // namespace playground
