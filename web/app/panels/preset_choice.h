#pragma once
/// The ready-made networks: untrained presets and the trained ones of this project.

#include "web/app/panels/builder.h"

namespace playground {

/// As entries of an open list.
UiRequest preset_entries(const BuilderPanel& ui, const BuilderState& state);
/// A list above the layers; closed, it says which ready-made network this is.
UiRequest draw_preset_choice(const BuilderPanel& ui, const BuilderState& state);

}  // namespace playground
