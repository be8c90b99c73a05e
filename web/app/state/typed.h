#pragma once
/// What a person typed into a number field. A text that the field does not accept stays in the field's place
/// in the JSON, as {"rejected": ...}: it is shown as typed, it lives exactly as long as its form, undo covers
/// it, and nothing is trained with it.

#include <optional>
#include <string>
#include <string_view>

#include "web/app/state/facts.h"

namespace playground {

/// The number that a text means on any keyboard: "0.02", "0,02", ".5", "1e-3", "1,000", "−5", "０．５". A single
/// comma or point is the decimal mark, except in a whole number where exactly three digits follow it.
std::optional<double> number_from(std::string_view text, bool whole);

/// A number within the field's bounds, null for an empty optional field, else {"rejected": ...}.
Json value_from(const Field& field, std::string_view text);
/// The same for a pair of whole numbers: "3", "3 x 1".
Json pair_from(const Field& field, std::string_view text);

/// "1 to 1,000", "at least 0", "a whole number"; what a field accepts.
std::string accepts_text(const Field& field);

struct Rejected {
  std::string typed, field, accepts;
};
Json rejected_value(std::string_view field, std::string_view typed, std::string_view accepts);
std::optional<Rejected> rejected(const Json& value);
/// The first rejected text anywhere inside.
std::optional<Rejected> first_rejected(const Json& whole);
/// Without the rejected texts: their members show their defaults.
Json accepted_part(const Json& whole);
/// "Epochs is −5; it must be 1 to 1,000."
std::string complaint(const Rejected& rejected);

}  // namespace playground
