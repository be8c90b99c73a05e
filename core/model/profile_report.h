#pragma once
// A profile (core/run/profile.h) as the page and ./tests/bench get it.

#include "core/base/json.h"
#include "core/model/model.h"
#include "core/run/profile.h"

namespace cnn {

/// For `images` images: a row for each layer that took time, and last one for the optimizer:
/// {name, class_name, forward, backward, update: {microseconds, operations: of an image; share: of the
/// whole}}
Json to_json(const Profile&, const Model&, double images);

}  // namespace cnn
