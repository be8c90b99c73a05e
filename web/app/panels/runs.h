#pragma once
/// Every training run of this visit: show it in the plots, compare, rename, save, or use its settings again.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct RunsPanel {
  int renaming = -1;  ///< id of the run that is being renamed
  char name[48] = {};
};

UiRequest draw(RunsPanel& ui, const std::vector<Run>& runs, const Catalog& catalog);

/// The differences of the newer run `to` from the older run `from`: "batch size 32 instead of 10".
std::vector<std::string> differences(const Run& from, const Run& to, const Catalog& catalog);

}  // namespace playground
