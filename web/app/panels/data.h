// The data set: which one, how much of it, its first pictures; the offers to get another.
#pragma once

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

struct DataPanel {
  bool choosing = false;  ///< the list of sources is open
};

struct DataState {
  const DataSetInfo& data;
  const Sources& sources;
  const LoadProgress& loading;
  const PictureAtlas& pictures;
  const std::vector<int>& labels;  ///< of the pictures
};

UiRequest draw(DataPanel& ui, const DataState& state);
/// "Change" at the right end of the heading's line.
void draw_change_button(DataPanel& ui, const DataSetInfo& data, const LoadProgress& loading);

}  // namespace playground
