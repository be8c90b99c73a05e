#pragma once

#include <cstdint>
#include <string>

#include "core/archives/byte_sink.h"
#include "core/archives/inflate.h"

namespace cnn {

/// Decompresses a gzip file (RFC 1952) that arrives in pieces of any size; several members in a row are one
/// file, as gzip itself has it. Length and CRC-32 of each member are checked. Errors name the file and the
/// byte they were met at.
class GzipReader {
 public:
  /// More than max_output bytes is an error, so that a small file cannot fill the memory.
  GzipReader(std::string name, std::uint64_t max_output, ByteSink sink);
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  Result<void> write(Bytes in);
  /// The file ends here: an error if that is in the middle of a member.
  Result<void> finish();

 private:
  enum class State : std::uint8_t {
    start,
    header,
    extra_length,
    extra,
    name,
    comment,
    header_crc,
    deflated,
    trailer,
    padding
  };

  Result<void> emit(Bytes out);
  Result<void> header_byte(std::uint8_t byte);
  Result<void> trailer_byte(std::uint8_t byte);
  void next_header_part();
  Error error(const std::string& what) const;

  std::string name_;
  std::uint64_t max_output_;
  ByteSink sink_;
  Inflater inflater_;
  State state_ = State::start;
  std::uint64_t offset_ = 0, output_ = 0;
  std::uint32_t flags_ = 0, part_ = 0, extra_left_ = 0, crc_ = 0;
  std::uint64_t trailer_ = 0;
  bool refused_ = false;  // the sink (or the cap) ended it, not damage
};

}  // namespace cnn
