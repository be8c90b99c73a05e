#pragma once
/// The data a chapter works with: the loaded pictures and the results of the network being trained.

#include <string>
#include <vector>

#include "core/run/exec.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

struct Lesson {
  cnn::Exec& exec;  ///< one thread
  const LessonPictures& train;
  const LessonPictures& test;
  int edition = 0;  ///< changes whenever the pictures do
  const std::vector<std::string>& class_names;
  const Evaluation& evaluation;  ///< of the workbench's network; no classes: none yet
  const std::vector<Run>& runs;
  bool narrow = false;
  const Measured& measured;
  const DataSetInfo& data;
  const Training& training;
  const ModelInfo& model;
  const PredictedClasses& classes;
  const Catalog& catalog;
  const Json& fit;  ///< the settings of the next training
  bool trained = false, starting = false;
};

/// Thumbnails of the loaded pictures, one of them chosen. True if the choice changed.
bool choose_picture(const char* name, const Lesson& lesson, int& chosen);
/// Training picture `index` as numbers from 0 to 1, [32, 32, 3]; zeros if there is none.
std::vector<float> picture_values(const Lesson& lesson, int index);

}  // namespace playground
