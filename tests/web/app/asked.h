// What a panel's answer asks for, and the classes the panels' tests speak of.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "web/app/state/actions.h"

namespace playground::test {

template <class Wanted>
const Wanted* asked_for(const UiRequest& asked) {
  return asked ? std::get_if<Wanted>(&*asked) : nullptr;
}

inline const std::vector<std::string> kNames{"bird", "cat", "dog"};

}  // namespace playground::test
