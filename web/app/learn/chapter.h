// Learn: short chapters, each with something to play with. A chapter is one file that defines a ChapterType,
// and its line in chapters.cpp. Its text is written once: drawn here, and exported for the page's plain form.
// What it shows is computed by core/ at that moment (net.h), with the pictures that are loaded.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "web/app/controls/prose.h"
#include "web/app/learn/lesson.h"
#include "web/app/state/actions.h"

namespace playground {

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
