#pragma once
/// Forms drawn from the descriptions of fields that layers, optimizers, schedules and trainings provide. No
/// specific field or layer appears here.

#include <string>
#include <string_view>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

/// One line: the name, with its help as tooltip, and the control. True if the value changed. `refusal`: why
/// the trainer did not accept the value; the control is then marked.
bool draw_field(const char* id, const Field& field, Json& value, const std::string& refusal = {});
/// All fields of an object except those named in `without`. Missing members show their defaults. True if
/// something changed.
bool draw_form(const char* id, const std::vector<Field>& fields, Json& object,
               const std::vector<std::string>& without = {});

}  // namespace playground
