#pragma once
/// The data set: its name, size and first pictures, and the sources to load another from.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

struct DataPanel {
  bool choosing = false;  ///< the list of sources is open
  bool details = false;   ///< the report of the load is open
  float height = 0;       ///< of the card's contents when a data set was last shown
};

struct DataState {
  const DataSetInfo& data;
  const Sources& sources;
  const LoadProgress& loading;
  const PictureAtlas& pictures;
  const std::vector<int>& labels;  ///< labels of `pictures`
};

UiRequest draw(DataPanel& ui, const DataState& state);
/// The Change button at the right end of the heading.
void draw_change_button(DataPanel& ui, const DataSetInfo& data, const LoadProgress& loading);

}  // namespace playground
