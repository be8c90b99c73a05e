#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/base/result.h"

namespace cnn {

using Bytes = std::span<const std::uint8_t>;

/// Takes the bytes a reader produced; they are valid during the call only. An error ends the reading.
using ByteSink = std::function<Result<void>(Bytes)>;

}  // namespace cnn
