#pragma once
/// Where the readers of archives put their bytes.

#include <cstdint>
#include <functional>
#include <span>

#include "core/base/result.h"

namespace cnn {

using Bytes = std::span<const std::uint8_t>;

/// Receives the bytes a reader produces; they are valid only during the call. An error stops the reader.
using ByteSink = std::function<Result<void>(Bytes)>;

}  // namespace cnn
