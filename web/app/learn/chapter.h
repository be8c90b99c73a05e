// Learn: short chapters, each with something to play with. A chapter is one file that defines a ChapterType,
// and its line in chapters.cpp. Its text is written once: drawn here, and exported for the page's plain form.
// What it shows is computed by core/ at that moment (net.h), with the pictures that are loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/exec.h"
#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

/// Some of the loaded data set, for the chapters.
struct LessonPictures {
  std::vector<std::uint8_t> rgb;  ///< [n, 32, 32, 3]
  std::vector<int> labels;
  PictureAtlas first{12};  ///< the first few, to choose from
  int count() const { return static_cast<int>(labels.size()); }
};

/// What a chapter may look at.
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
};

/// A piece of the text. Markup: *words* are strong, x^{2} and x_{i} are set high and low. Rows that follow
/// each other are a table; "|" divides their cells, of which the first is the widest.
struct Passage {
  enum Kind { words, heading, formula, row } kind;
  std::string_view text;
};

/// Something to set up in the workbench: what a link holds after its "#" (share.h).
struct Experiment {
  const char* name;
  const char* label;
  const char* help;  ///< what it sets, and what to look at
  std::string_view hash;
};

/// A chapter that is open: its controls as they stand.
class Chapter {
 public:
  virtual ~Chapter() = default;
  /// The thing to play with, in the width there is.
  virtual UiRequest draw(const Lesson& lesson) = 0;
  /// What is shown now in a sentence or two: the picture's caption, and the same for who cannot see it.
  virtual std::string outcome() const = 0;
};

struct ChapterType {
  const char* name;  ///< in links: #learn=convolution
  const char* title;
  const char* lead;  ///< a sentence
  std::span<const Passage> text;
  std::span<const Experiment> experiments;
  std::unique_ptr<Chapter> (*open)();
};

/// In the order they are read.
std::span<const ChapterType* const> chapters();

}  // namespace playground
