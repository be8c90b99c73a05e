#pragma once
/// The checksum of gzip and zip files.

#include <cstdint>

#include "core/archives/byte_sink.h"

namespace cnn {

/// CRC-32 of gzip, zip and PNG (polynomial 0xEDB88320). Start with 0; pass the previous value to continue.
std::uint32_t crc32(std::uint32_t crc, Bytes bytes);

}  // namespace cnn
