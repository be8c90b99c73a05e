// The network as a column of blocks: what each gives, has to learn and costs; opened, its settings.
#pragma once

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/network.h"

namespace playground {

struct BuilderPanel {
  Network network;
  std::string preset;   ///< the preset the model is; empty: one of the user's own
  int open = -1;        ///< the block whose settings show
  bool opened = false;  ///< in this frame: comes into view
  int dragged = -1;     ///< the block on the pointer
  int insert_at = -1;   ///< where a layer from the menu goes
};

struct BuilderState {
  const Catalog& catalog;
  const ModelInfo& model;    ///< the one that trains
  const Checked& checked;    ///< what the trainer says of the edited one
  bool has_history = false;  ///< weights would be lost
  bool running = false;
};

/// (32, 32, 3) as "32 × 32 × 3".
std::string shape_text(const std::vector<int>& shape);

/// Check after every edit, Build when the edited network is to be used.
UiRequest draw(BuilderPanel& ui, const BuilderState& state);
/// Undo, redo and the menu, at the right end of the card's heading.
UiRequest draw_builder_heading(BuilderPanel& ui, const BuilderState& state);

}  // namespace playground
