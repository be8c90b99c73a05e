#pragma once
/// The list of keyboard shortcuts.

#include "web/app/state/actions.h"

namespace playground {

/// Opens when `open` is set, and clears it. On narrow pages it also holds the share button.
UiRequest draw_help(bool& open, bool narrow);

}  // namespace playground
