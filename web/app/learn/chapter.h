#pragma once
/// A chapter of the Learn tab: its text, an interactive part and experiments. A chapter is one file that
/// defines a ChapterType, and a line in chapters.cpp. Its text is written once: drawn here, and exported for
/// the text version. What it shows is computed live by core/ (net.h) on the loaded pictures.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "web/app/controls/prose.h"
#include "web/app/learn/lesson.h"
#include "web/app/state/actions.h"

namespace playground {

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
  /// The chapter shows the classes that are predicted for the test pictures (Lesson::classes).
  virtual bool wants_classes() const { return false; }
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
