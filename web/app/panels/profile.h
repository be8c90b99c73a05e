#pragma once
/// The time of a training step by layer, forward and backward, measured during training.

#include "web/app/state/facts.h"

namespace playground {

void draw_profile(const StepProfile& profile, bool narrow);

}  // namespace playground
