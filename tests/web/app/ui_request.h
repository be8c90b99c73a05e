#pragma once
/// What a panel requested, and the class names that the panels' tests use.

#include <string>
#include <variant>
#include <vector>

#include "web/app/state/actions.h"

namespace playground::test {

/// The requested action, or null if it is another one or none.
template <class Wanted>
const Wanted* asked_for(const UiRequest& request) {
  return request ? std::get_if<Wanted>(&*request) : nullptr;
}

inline const std::vector<std::string> kNames{"bird", "cat", "dog"};

}  // namespace playground::test
