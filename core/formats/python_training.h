#pragma once
/// What programs for different tools say of a training in the same words.
#include <memory>
#include <string>
#include <vector>

#include "core/training/fit_options.h"

namespace cnn {

/// The options in the notes of a model, or the defaults. Error: bad_argument.
Result<FitOptions> script_fit(const Json& fit);

/// Whether the schedule changes the learning rate.
bool is_scheduled(const FitOptions& fit);
/// Whether it changes at all: by the schedule or by ReduceLROnPlateau.
bool changes_rate(const FitOptions& fit);

/// The callbacks of the options, read.
std::vector<std::shared_ptr<Callback>> callbacks_of(const FitOptions& fit);

/// The function schedule(epoch), the factor of the learning rate. It uses math and EPOCHS.
std::string python_schedule(const Schedule& schedule);

}  // namespace cnn
