// The whole page from what is known: bar on top, settings left, results right; one column where the page is
// narrow.
#pragma once

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
#include "web/app/panels/runs.h"
#include "web/app/panels/training.h"
#include "web/app/panels/transport.h"
#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

/// Pictures and what is said of them, in the same order.
struct Pictures {
  explicit Pictures(int capacity) : atlas(capacity) {}
  PictureAtlas atlas;
  std::vector<GalleryItem> items;
};

struct AppState {
  Backend backend;
  Catalog catalog;
  DataSetInfo data;
  Sources sources;
  LoadProgress loading;
  ModelInfo model;
  Checked checked;
  std::vector<Point> schedule;
  Training training;
  Evaluation evaluation;
  Measured measured;
  std::vector<CalibrationBin> calibration;
  StepProfile profile;
  std::vector<Run> runs;  ///< the last is the present one
  PictureAtlas preview{10};
  std::vector<int> preview_labels;
  PicturePages pages;
  LookedAt closely;
  OwnPicture own;  ///< own.seen() is what the network gets
  Recognized recognized;
  Pictures strip{24}, gallery{kGalleryPage};
  LessonPictures lesson_train, lesson_test;
  int lesson_edition = 0;  ///< counts the times they changed
  InsideAnswers inside;
  double gallery_total = 0;
  int gallery_epoch = 0;  ///< whose weights its predictions are from
  bool gallery_waiting = false, starting = false;
  std::optional<Notice> notice;
  bool trained = false;  ///< the weights are no longer the first ones
};

enum class Tab { curves, matrix, predictions, runs, inside, pictures, profile, learn, data, model, training };

struct Workbench {
  Tab tab = Tab::curves;
  ThemeChoice theme = ThemeChoice::system;
  float zoom = 1;  ///< of the text and all that is measured by it: two fingers change it
  bool help_open = false;
  TransportPanel transport;
  DataPanel data;
  BuilderPanel builder;
  TrainingPanel training;
  CurvesPanel curves;
  MatrixPanel matrix;
  GalleryPanel gallery;
  PicturesPanel pictures;
  OwnPicturePanel own;
  InsidePanel inside;
  RunsPanel runs;
  LearnPanel learn;
};

InsideState inside_state(AppState& state, bool narrow = false);
/// Draws everything into the whole display.
UiRequest draw(Workbench& ui, AppState& state);

}  // namespace playground
