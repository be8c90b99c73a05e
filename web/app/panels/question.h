#pragma once
/// A question in the middle of the page: before something is lost, or if a button cannot do what its label
/// says. Escape or a click outside cancels.

#include <optional>
#include <string>
#include <vector>

#include "web/app/state/actions.h"

namespace playground {

struct Question {
  struct Answer {
    std::string label;
    UiRequest action{};  ///< none: nothing happens
  };
  std::string title, text;
  std::vector<Answer> answers;  ///< the first stands out
};

struct QuestionPanel {
  std::optional<Question> asked;
  bool open = false;  ///< its window has been opened
  float height = 0;   ///< of its window in the last frame
};

UiRequest draw(QuestionPanel& ui);

}  // namespace playground
