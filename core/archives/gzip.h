#pragma once
/// gzip files, read as a stream.

#include <cstdint>
#include <string>

#include "core/archives/byte_sink.h"
#include "core/archives/inflate.h"

namespace cnn {

/// Decompresses a gzip file (RFC 1952) that arrives in pieces of any size. Consecutive members form one file,
/// as in gzip itself. The length and CRC-32 of each member are checked. Errors name the file and the byte
/// offset.
class GzipReader {
 public:
  /// Unpacking to more than max_output bytes is an error, so that a small file cannot fill the memory.
  GzipReader(std::string name, std::uint64_t max_output, ByteSink sink);
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  Result<void> write(Bytes in);
  /// Call at the end of the file; an error inside a member.
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
  bool refused_ = false;  // stopped by the sink or by max_output, not by damaged data
};

}  // namespace cnn
