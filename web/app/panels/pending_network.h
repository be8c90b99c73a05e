#pragma once
/// The state of an edited network that is not yet in use: what is wrong with it, or that it waits. Drawn
/// below the settings, not among them, so that nothing moves under the pointer when it appears or disappears.

#include "web/app/panels/builder.h"

namespace playground {

/// 0 if the network on the screen is in use.
float pending_height(const BuilderPanel& ui, const BuilderState& state, float width);
UiRequest draw_pending(BuilderPanel& ui, const BuilderState& state);

}  // namespace playground
