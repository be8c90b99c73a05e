// Every training of this visit: laid over each other in the plots, compared, named, saved, taken up again.
#pragma once

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct RunsPanel {
  int renaming = -1;  ///< id of the run whose name is edited
  char name[48] = {};
};

UiRequest draw(RunsPanel& ui, const std::vector<Run>& runs, const Catalog& catalog);

/// What differs, in words: "batch size 10, here 32"; from the older to the newer run.
std::vector<std::string> differences(const Run& from, const Run& to, const Catalog& catalog);

}  // namespace playground
