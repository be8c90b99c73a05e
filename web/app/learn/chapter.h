#pragma once
/// A chapter of the Learn tab: its text, an interactive part and experiments. A chapter is one file that
/// defines a ChapterType, and a line in chapters.cpp. Its text is written once: drawn here, and exported for
/// the page's plain form. What it shows is computed live by core/ (net.h) on the loaded pictures.

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

/// A part of the loaded data set, for the chapters.
struct LessonPictures {
  std::vector<std::uint8_t> rgb;  ///< [n, 32, 32, 3]
  std::vector<int> labels;
  PictureAtlas first{12};  ///< thumbnails of the first pictures, to choose from
  int count() const { return static_cast<int>(labels.size()); }
};

/// Everything a chapter can read.
struct Lesson {
  cnn::Exec& exec;  ///< one thread
  const LessonPictures& train;
  const LessonPictures& test;
  int edition = 0;  ///< changes whenever the pictures change
  const std::vector<std::string>& class_names;
  const Evaluation& evaluation;  ///< of the workbench's network; classes == 0: not evaluated yet
  const std::vector<Run>& runs;
  bool narrow = false;
  const Measured& measured;
  const DataSetInfo& data;
  const Training& training;
};

/// A paragraph. Markup: *words* are bold, x^{2} and x_{i} are superscript and subscript. Consecutive rows
/// form a table; "|" separates cells, and the first column is the widest.
struct Passage {
  enum Kind { words, heading, formula, row } kind;
  std::string_view text;
};

/// Settings for the workbench, as a link holds them after its "#" (share.h).
struct Experiment {
  const char* name;
  const char* label;
  const char* help;  ///< what it sets up, and what to look for
  std::string_view hash;
};

/// The interactive part of an open chapter, with the state of its controls.
class Chapter {
 public:
  virtual ~Chapter() = default;
  /// Draws the interactive part in the available width.
  virtual UiRequest draw(const Lesson& lesson) = 0;
  /// What is shown now, in a sentence or two: the caption, also for screen readers.
  virtual std::string outcome() const = 0;
};

struct ChapterType {
  const char* name;  ///< in links: #learn=convolution
  const char* title;
  const char* lead;  ///< one sentence below the title
  std::span<const Passage> text;
  std::span<const Experiment> experiments;
  std::unique_ptr<Chapter> (*open)();
};

/// In reading order.
std::span<const ChapterType* const> chapters();

}  // namespace playground
