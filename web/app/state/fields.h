#pragma once
/// Fields without a user interface: defaults, bounds, and values as text.

#include <optional>
#include <string>
#include <string_view>

#include "web/app/state/facts.h"

namespace playground {

/// The value of a field in an object, or its default.
const Json& value_or_default(const Field& field, const Json& object);
/// A training's options as the form has them: without those that are the defaults.
Json form_of(const Json& options, const Catalog& catalog);
/// "learning_rate" as "learning rate".
std::string spoken(std::string_view name);
/// The value within the field's bounds.
double clamped(const Field& field, double value);
/// The next value up or down: integers by 1, shares by 0.05, others along 1, 2, 5, 10, ...
double stepped(const Field& field, double value, int direction);
/// What the user typed, within the field's bounds; nothing if it is not a number.
std::optional<double> entered(const Field& field, std::string_view text);
std::string value_text(const Field& field, double value);

}  // namespace playground
