#pragma once
/// The start screen, in the place of the curves while nothing is trained.

#include "web/app/state/actions.h"

namespace playground {

/// What this page is, and what to do first.
UiRequest draw_start();

}  // namespace playground
