#pragma once
/// Every training run, also of earlier visits, as a table: sort, show in the plots, rename, save, delete, or
/// use its settings again.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct RunsPanel {
  int renaming = -1;  ///< id of the run that is being renamed
  char name[48] = {};
  int sort = 0;  ///< column
  bool descending = true;
};

UiRequest draw(RunsPanel& ui, const std::vector<Run>& runs, const Catalog& catalog, bool narrow = false);

}  // namespace playground
