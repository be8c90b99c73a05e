#pragma once
/// The network as files: a button that downloads it and one that opens another.

#include "web/app/state/actions.h"

namespace playground {

/// changed: the card shows an edited network that is not in use yet.
UiRequest draw_model_files(bool changed);

}  // namespace playground
