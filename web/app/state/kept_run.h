#pragma once
/// A run as the browser keeps it for later visits: settings and history, without the curves per step.

#include <optional>
#include <string>
#include <string_view>

#include "web/app/state/facts.h"

namespace playground {

/// Empty if no epoch of it is complete.
std::string kept_text(const Run& run);
/// Nothing if the text is not one that kept_text wrote.
std::optional<Run> run_of(std::string_view text);

}  // namespace playground
