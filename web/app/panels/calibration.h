#pragma once
/// Confidence against accuracy.

#include <vector>

#include "web/app/state/facts.h"

namespace playground {

/// Reliability diagram: predictions with a confidence of 80 % should be right in 80 of 100 cases, a point on
/// the diagonal.
void draw_calibration(const std::vector<CalibrationBin>& bins);

}  // namespace playground
