// The list of keys.
#pragma once

#include "web/app/state/actions.h"

namespace playground {

/// Opens when `open` is set and clears it. On narrow pages it also holds what the bar has no room for.
UiRequest draw_help(bool& open, bool narrow);

}  // namespace playground
