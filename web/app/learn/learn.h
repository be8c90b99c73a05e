// The Learn tab: the list of chapters, and the open one with its text beside its thing to play with.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "web/app/learn/chapter.h"

namespace playground {

struct LearnPanel {
  cnn::Exec exec{1};
  int open = 0;                         ///< which chapter
  std::unique_ptr<Chapter> chapter;     ///< of `open`, made when it is first drawn
  const Experiment* confirm = nullptr;  ///< asked for while weights would be lost
  bool to_top = false;                  ///< another chapter begins at its beginning

  void go_to(int index);
  /// False: there is no such chapter.
  bool go_to(std::string_view name);
};

/// The list of chapters, for the column left of the chapter.
void draw_contents(LearnPanel& ui);
/// `weights_at_stake`: the present network has learned something.
UiRequest draw(LearnPanel& ui, const Lesson& lesson, bool weights_at_stake);

}  // namespace playground
