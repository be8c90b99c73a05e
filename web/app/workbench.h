#pragma once
/// The whole page, drawn from AppState: bar at the top, settings on the left, results on the right; one
/// column if the page is narrow.

#include "web/app/controls/theme.h"
#include "web/app/learn/learn.h"
#include "web/app/panels/builder.h"
#include "web/app/panels/curves.h"
#include "web/app/panels/data.h"
#include "web/app/panels/gallery.h"
#include "web/app/panels/inside.h"
#include "web/app/panels/matrix.h"
#include "web/app/panels/own_picture.h"
#include "web/app/panels/pictures.h"
#include "web/app/panels/question.h"
#include "web/app/panels/runs.h"
#include "web/app/panels/training.h"
#include "web/app/panels/transport.h"
#include "web/app/state/actions.h"
#include "web/app/state/app_state.h"
#include "web/app/tabs.h"

namespace playground {

/// What the Predictions tab shows.
enum class PredictionsOf { test, classes, own };

struct Workbench {
  Tab tab = Tab::curves;
  ThemeChoice theme = ThemeChoice::system;
  float zoom = 1;  ///< of the text and everything sized by it; a pinch changes it
  bool help_open = false;
  bool narrow = false;  ///< one column; set by every frame
  TransportPanel transport;
  DataPanel data;
  BuilderPanel builder;
  TrainingPanel training;
  CurvesPanel curves;
  MatrixPanel matrix;
  GalleryPanel gallery;
  PicturesPanel pictures;
  OwnPicturePanel own;
  PredictionsOf predictions_of = PredictionsOf::test;
  InsidePanel inside;
  RunsPanel runs;
  QuestionPanel question;
  LearnPanel learn;
};

InsideState inside_state(AppState& state, bool narrow = false);
/// Draws the page into the whole display.
UiRequest draw(Workbench& ui, AppState& state);

}  // namespace playground
