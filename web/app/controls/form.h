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

}  // namespace playground
