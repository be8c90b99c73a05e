// Where a training step's time goes: each layer, forward and back, measured while it trains.
#pragma once

#include "web/app/state/facts.h"

namespace playground {

/// Nothing to press: it only shows.
void draw_profile(const StepProfile& profile, bool narrow);

}  // namespace playground
