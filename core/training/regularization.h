#pragma once
/// The penalties that layers put on large weights (core/layers/regularizer.h), as part of a batch's loss. As
/// in Keras, only arrays that are trained count, and the reported loss includes them.
#include "core/model/model.h"

namespace cnn {

/// The sum of the penalties of all trained arrays.
double penalty(const Model& model);

/// Adds the gradients of the penalties to the parameters' gradients.
void add_penalty_gradients(Model& model);

}  // namespace cnn
