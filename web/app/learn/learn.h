#pragma once
/// The Learn tab: the list of chapters, and the open chapter with its text beside its interactive part.

#include <memory>
#include <string>
#include <string_view>

#include "web/app/learn/chapter.h"

namespace playground {

struct LearnPanel {
  cnn::Exec exec{1};
  int open = 0;                         ///< index of the open chapter
  std::unique_ptr<Chapter> chapter;     ///< the open chapter, created when it is first drawn
  const Experiment* confirm = nullptr;  ///< waits for confirmation, because weights would be lost
  bool to_top = false;                  ///< scroll to the top: another chapter was opened

  void go_to(int index);
  /// False: no chapter has that name.
  bool go_to(std::string_view name);
};

/// The list of chapters, for the column left of the open chapter.
void draw_contents(LearnPanel& ui);
/// `weights_at_stake`: the current network has been trained.
UiRequest draw(LearnPanel& ui, const Lesson& lesson, bool weights_at_stake);

}  // namespace playground
