#pragma once

#include <cstdint>

#include "core/archives/byte_sink.h"

namespace cnn {

/// CRC-32 as gzip, zip and PNG use it (polynomial 0xEDB88320). Start with 0; pass the last value to go on.
std::uint32_t crc32(std::uint32_t crc, Bytes bytes);

}  // namespace cnn
