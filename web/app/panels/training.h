#pragma once
/// The training settings, as a form of the fields that the trainer describes.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct TrainingPanel {
  Json fit = Json::object();  ///< settings that differ from the defaults; sent with every fit
  bool more = false;          ///< the rarely used fields are visible
  bool augmentation = false, callbacks = false, groups = false;
  void show_all() { more = augmentation = callbacks = groups = true; }
};

struct TrainingState {
  const Catalog& catalog;
  const Backend& backend;
  const Training& training;
  const std::vector<Point>& schedule;  ///< learning rate by epoch, as the trainer will set it; empty: unknown
  const Refusal& refusal = {};         ///< the setting with which the trainer does not train
};

UiRequest draw(TrainingPanel& ui, const TrainingState& state);

}  // namespace playground
