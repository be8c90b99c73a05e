#pragma once
/// Ready-made networks, by name.
#include <span>
#include <string_view>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/model.h"

namespace cnn {

struct Preset {
  std::string_view name;   ///< "tutorial"
  std::string_view title;  ///< "The tutorial's network"
  std::string_view help;
  Json (*config)();  ///< Keras configuration
  /// Recommended training, as JSON of FitOptions; missing fields keep their defaults.
  std::string_view fit = "{}";
};

std::span<const Preset> presets();
/// The configuration of that preset. The error bad_argument lists all names.
Result<Json> preset(std::string_view name);
/// The preset's `fit`; an empty object for any other name.
Json preset_fit(std::string_view name);
/// The name of the preset whose network that is; empty if it is none.
std::string_view preset_of(const Model& model);

}  // namespace cnn
