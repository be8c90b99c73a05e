#pragma once
/// Everything the app knows and the panels draw. App fills it from messages; panels get the parts they need.

#include <optional>
#include <vector>

#include "web/app/state/facts.h"
#include "web/app/state/inside_answers.h"
#include "web/app/state/own_picture.h"
#include "web/app/state/picture_pages.h"
#include "web/app/state/pictures.h"

namespace playground {

/// Pictures and the predictions for them, in the same order.
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
  std::vector<Run> runs;  ///< the last one is the current one
  PictureAtlas preview{10};
  std::vector<int> preview_labels;
  PicturePages pages;
  LookedAt closely;
  OwnPicture own;  ///< own.seen() is the network's input
  Recognized recognized;
  Pictures strip{24}, gallery{kGalleryPage};
  LessonPictures lesson_train, lesson_test;
  int lesson_edition = 0;  ///< counts their changes
  InsideAnswers inside;
  PredictedClasses classes;
  double gallery_total = 0;
  int gallery_epoch = 0;  ///< of the weights that made its predictions
  bool gallery_waiting = false, starting = false;
  bool strip_of_test = true;  ///< its pictures are test pictures, not held-out training pictures
  std::optional<Notice> notice;
  Refusal refusal;            ///< of the last training that did not begin, until a setting changes
  bool trained = false;       ///< the weights are no longer the initial ones
  bool weights_kept = false;  ///< of the network being edited: using it again brings them back
};

}  // namespace playground
