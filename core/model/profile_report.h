#pragma once
/// A profile (core/run/profile.h) as JSON, for the page and ./tests/bench.

#include "core/base/json.h"
#include "core/model/model.h"
#include "core/run/profile.h"

namespace cnn {

/// A row for each layer that took time, and a last one for the optimizer. The profile covers `images` images.
///   {name, class_name, forward: {...}, backward: {...}, update: {...}}
/// each pass being
///   {microseconds: per image, operations: per image, share: of the total time}
Json to_json(const Profile&, const Model&, double images);

}  // namespace cnn
