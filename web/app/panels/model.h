// The network as a table from input to output: what each layer gives and how much it has to learn.
#pragma once

#include "web/app/actions.h"
#include "web/app/known.h"

namespace playground {

/// (32, 32, 3) as "32 × 32 × 3".
std::string shape_text(const std::vector<int>& shape);

Asked draw_summary(const ModelInfo& model);

}  // namespace playground
