#pragma once
/// Forms for one type out of a family (an optimizer, a schedule), written "Adam" or {class_name, config}, and
/// for lists of them (augmentation, callbacks).

#include <span>
#include <string>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

using FamilyTypes = std::span<const Type>;

/// The family that a choice field chooses from: the one whose class names are its choices. Null if none is.
const std::vector<Type>* family_of(const Field& field, const Catalog& catalog);
const Type* chosen_type(const Field& field, const Json& fit, const std::vector<Type>& family);

/// The choice, and below it the settings of the chosen type, except those in `elsewhere`.
bool draw_family(const Field& field, const std::vector<Type>& family, Json& value,
                 const std::vector<Field>& elsewhere);

/// Every type with a switch. A type that is on is in the list [{class_name, config}], in the order of the
/// types, and shows its settings.
bool draw_members(const char* id, const std::vector<Type>& types, Json& list);

}  // namespace playground
