#pragma once
/// Plots of accuracy and loss: training per step (raw values faint, moving average bold), validation per
/// epoch.

#include "web/app/controls/plot.h"
#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct CurvesPanel {
  int by_epoch = 0;    ///< 0: every step; 1: one point per epoch, as in the tutorial
  bool more = false;   ///< also plots speed and learning rate
  bool norms = false;  ///< also plots the norms of weights and gradients by layer
  static constexpr int kUsual = 50;
  int smoothing = kUsual;     ///< of the curves per step, in percent
  std::optional<Point> zoom;  ///< of all plots
  PlotView accuracy, loss, speed, rate;
  PlotView gradients{true, {}, {}}, weights{true, {}, {}};  ///< logarithmic: layers differ by powers of ten
};

struct CurvesState {
  const std::vector<Run>& runs;  ///< the last is the current one
  bool starting = false;
  bool offer = false;  ///< offers a trained network, as there is no training yet
};

UiRequest draw(CurvesPanel& ui, const CurvesState& state, float height, bool narrow);

/// A plot as it is drawn and exported.
struct CurvePicture {
  PlotSpec spec;
  std::vector<PlotLine> lines;
};
CurvePicture accuracy_picture(const CurvesPanel& ui, const CurvesState& state);
CurvePicture loss_picture(const CurvesPanel& ui, const CurvesState& state);
/// One line per layer, of the newest visible run.
CurvePicture norms_picture(const CurvesPanel& ui, const CurvesState& state,
                           std::vector<Point> LayerCurves::*values, const char* title);

}  // namespace playground
