#pragma once
/// How many pictures a slice of work takes, and its outputs as probabilities.

#include <vector>

#include "core/inspect/observer.h"

namespace cnn {

/// Pictures in a slice of work: less than a tenth of a second on a slow machine, and at most 32 MB of outputs
/// and gradients, unless a single picture needs more.
int slice_pictures(const Model&);
/// The model's last outputs [rows, classes] as probabilities, through softmax if the model leaves softmax to
/// the loss.
std::vector<float> as_probabilities(Exec&, const Model&, const float* outputs, int rows);

}  // namespace cnn
