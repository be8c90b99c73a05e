// Forms from descriptions: layers, optimizers, schedules and the training say what can be set, and this draws
// it. No field and no layer has a name here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

/// One line: name (its help on hover), control. True: the value changed.
bool draw_field(const char* id, const Field& field, Json& value);
/// All fields of an object; what is not there yet shows its default. True: something changed. Fields whose
/// names are in `without` are left out.
bool draw_form(const char* id, const std::vector<Field>& fields, Json& object,
               const std::vector<std::string>& without = {});

/// The value of a field in an object, or its default.
const Json& value_or_standard(const Field& field, const Json& object);
/// "learning_rate" as "learning rate".
std::string spoken(std::string_view name);
/// The next value up or down: whole numbers by one, shares by 0.05, others along 1, 2, 5, 10, ...
double stepped(const Field& field, double value, int direction);
/// What was typed, clamped to the field's bounds; nothing: not a number.
std::optional<double> entered(const Field& field, std::string_view text);
std::string value_text(const Field& field, double value);

}  // namespace playground
