// Forms for things that come in kinds: one of a family (an optimizer, a schedule), written "Adam" or
// {class_name, config}, and lists of them (augmentation, callbacks).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

using FamilyTypes = std::span<const Type>;

/// The family a choice field chooses from: the one whose class names are its choices. Null: plain words.
const std::vector<Type>* family_of(const Field& field, const Catalog& catalog);
const Type* chosen_type(const Field& field, const Json& fit, const std::vector<Type>& family);

/// The choice, and below it the settings of what is chosen. `elsewhere`: settings with a field of their own.
bool draw_family(const Field& field, const std::vector<Type>& family, Json& value,
                 const std::vector<Field>& elsewhere);

/// Every kind with a switch; on, it is in the list [{class_name, config}] and shows its settings. In the
/// order of the types.
bool draw_members(const char* id, const std::vector<Type>& types, Json& list);

}  // namespace playground
