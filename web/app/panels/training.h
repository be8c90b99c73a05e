// How the net is trained: the fields the trainer says it takes.
#pragma once

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct TrainingPanel {
  Json fit = Json::object();  ///< what differs from the defaults; sent with every fit
  bool more = false;          ///< the rarely used fields are open
  bool augmentation = false, callbacks = false, groups = false;
};

struct TrainingState {
  const Catalog& catalog;
  const Backend& backend;
  const Training& training;
  const std::vector<Point>&
      schedule;  ///< learning rate over the epochs as the trainer will set it; empty: not known
};

UiRequest draw(TrainingPanel& ui, const TrainingState& state);

}  // namespace playground
