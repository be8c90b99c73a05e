#pragma once
/// The network as files: a button that downloads it and one that opens another.

#include "web/app/state/actions.h"

namespace playground {

UiRequest draw_model_files();

}  // namespace playground
