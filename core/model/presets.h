#pragma once
/// core/model/presets.h: ready-made networks, by name.
#include <span>
#include <string_view>

#include "core/base/json.h"
#include "core/base/result.h"

namespace cnn {

struct Preset {
  std::string_view name;   ///< "tutorial"
  std::string_view title;  ///< "The tutorial's network"
  std::string_view help;
  Json (*config)();  ///< Keras configuration
  /// The training that suits it, as JSON of FitOptions; what it does not name keeps its default.
  std::string_view fit = "{}";
};

std::span<const Preset> presets();
/// The configuration of that name; bad_argument lists the names there are.
Result<Json> preset(std::string_view name);
/// The preset's `fit`; an empty object for any other name.
Json preset_fit(std::string_view name);

}  // namespace cnn
