#pragma once
/// The network as a column of blocks, each with its output shape, parameters and cost. An open block shows
/// the settings of its layer.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"
#include "web/app/state/network.h"

namespace playground {

struct BuilderPanel {
  Network network;
  int open = -1;        ///< the block whose settings show
  bool opened = false;  ///< opened in this frame: scroll it into view
  int dragged = -1;     ///< the block that is dragged
  int insert_at = -1;   ///< where a layer from the menu is inserted

  /// Opens the settings of a layer.
  void show(int layer) { open = layer, opened = true; }
  /// Back to the network in use.
  void discard(const Json& in_use) { network.set(in_use, true), open = -1; }
};

struct BuilderState {
  const Catalog& catalog;
  const ModelInfo& model;    ///< the network in the trainer
  const Checked& checked;    ///< the trainer's check of the edited network
  bool has_history = false;  ///< a change would lose trained weights
  bool running = false;
  bool weights_kept = false;  ///< of the edited network: they come back if it is used again
};

/// Returns Check after every edit, and Build to put the edited network to use where no trained weights are
/// lost.
UiRequest draw(BuilderPanel& ui, const BuilderState& state);
/// Undo, redo and the menu of presets, at the right end of the card's heading.
UiRequest draw_builder_heading(BuilderPanel& ui, const BuilderState& state);

}  // namespace playground
