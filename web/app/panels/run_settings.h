#pragma once
/// Runs compared by their settings.

#include <string>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

/// Of each run, its values of the settings that are not the same in all: "SGD, learning rate 0.1".
std::vector<std::string> settings_that_differ(const std::vector<Run>& runs, const Catalog& catalog);

}  // namespace playground
