#pragma once
/// Fields without a user interface: defaults, bounds, and values as text.

#include <optional>
#include <string>
#include <string_view>

#include "web/app/state/facts.h"

namespace playground {

/// Whether its values are whole numbers.
bool is_whole(const Field& field);
/// The value of a field in an object, or its default.
const Json& value_or_default(const Field& field, const Json& object);
/// A training's options as the form has them: without those that are the defaults.
Json form_of(const Json& options, const Catalog& catalog);
/// "learning_rate" as "learning rate".
std::string spoken(std::string_view name);
/// The name of the field that a refusal is about, which is its subject: "Batch size 7 is too large; ...",
/// "fit: epochs must be ...". Empty: none of them.
std::string subject_of(std::string_view refusal, const std::vector<Field>& fields);
/// The value within the field's bounds.
double clamped(const Field& field, double value);
/// The next value up or down: integers by 1, shares by 0.05, others along 1, 2, 5, 10, ...
double stepped(const Field& field, double value, int direction);
std::string value_text(const Field& field, double value);
/// What an optional field without a value shows: "auto", "off".
std::string empty_text(const Field& field);
/// The settings that a new layer, optimizer or member of a list begins with: those without a default of their
/// own, with the values its form shows, and those that begin here with another value than Keras's.
Json needed_settings(const std::vector<Field>& fields);

}  // namespace playground
