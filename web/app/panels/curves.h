// Accuracy and loss while training goes on: training per step (raw faint, smoothed bold) and validation per
// epoch.
#pragma once

#include "web/app/controls/plot.h"
#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct CurvesPanel {
  int by_epoch = 0;    ///< 0: every step, 1: one point an epoch, as the tutorial plots it
  bool more = false;   ///< speed and learning rate as well
  bool norms = false;  ///< lengths of weights and gradients, layer by layer
  PlotView accuracy, loss, speed, rate;
  PlotView gradients{true, {}, {}}, weights{true, {}, {}};  ///< layers differ by powers of ten
};

struct CurvesState {
  const std::vector<Run>& runs;  ///< the last is the present one
  bool starting = false;
  bool offer = false;  ///< a trained network, to those who have none of their own
};

UiRequest draw(CurvesPanel& ui, const CurvesState& state, float height, bool narrow);

/// The two pictures as they are drawn, also for export.
struct CurvePicture {
  PlotSpec spec;
  std::vector<PlotLine> lines;
};
CurvePicture accuracy_picture(const CurvesPanel& ui, const CurvesState& state);
CurvePicture loss_picture(const CurvesPanel& ui, const CurvesState& state);
/// A line a layer, of the newest run that is shown.
CurvePicture norms_picture(const CurvesPanel& ui, const CurvesState& state,
                           std::vector<Point> LayerCurves::*values, const char* title);

}  // namespace playground
