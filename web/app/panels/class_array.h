#pragma once
/// The predicted class of every test picture as an array of numbers, as
/// `model.predict(x_test).argmax(axis=1)` gives it.

#include <string>
#include <vector>

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct ClassArrayState {
  const PredictedClasses& classes;
  const std::vector<std::string>& names;
  bool trained = false;
  bool trains = false;
};

UiRequest draw_class_array(const ClassArrayState& state);

/// A line for each test picture: index, true class, predicted class, with their names.
std::string classes_csv(const PredictedClasses& classes, const std::vector<std::string>& names);

}  // namespace playground
