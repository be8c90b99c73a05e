#pragma once
/// core/inspect/slices.h: how many pictures at a time, and what the network says of them.
#include <vector>

#include "core/inspect/observer.h"

namespace cnn {

/// Pictures in a slice of work: below a tenth of a second on a slow machine, and with every number kept
/// (outputs and their gradients) in 32 MB where one picture fits into that.
int slice_pictures(const Model&);
/// The model's last outputs [rows, classes] as probabilities, through softmax where the model leaves that to
/// the loss.
std::vector<float> as_probabilities(Exec&, const Model&, const float* outputs, int rows);

}  // namespace cnn
