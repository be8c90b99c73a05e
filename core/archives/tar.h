#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "core/archives/byte_sink.h"

namespace cnn {

/// What a tar archive's reader tells of what it finds, in the archive's order. An error from any of them ends
/// the reading.
struct TarVisitor {
  /// A regular file begins. False: its bytes are passed over.
  std::function<Result<bool>(const std::string& path, std::uint64_t size)> begin;
  ByteSink data;
  std::function<Result<void>()> end;
};

struct TarLimits {
  std::uint64_t max_file_bytes = std::uint64_t{1} << 30;
  int max_entries = 100000;
};

/// Reads a tar archive that arrives in pieces of any size: ustar, pax paths and sizes, GNU long names.
/// Refused: absolute paths, "..", backslashes and control characters in paths, links and devices, files over
/// the limit, headers whose checksum is wrong. Errors name the archive and the byte.
class TarReader {
 public:
  TarReader(std::string name, TarVisitor visitor, TarLimits limits = {});

  Result<void> write(Bytes in);
  /// The archive ends here: an error if that is in the middle of a file or before its end mark.
  Result<void> finish();

 private:
  static constexpr std::size_t kBlock = 512;
  enum class State : std::uint8_t { header, file, skipped, long_name, pax, padding, end };

  Result<void> read_header();
  Result<void> begin_file(std::string path, std::uint64_t size);
  Result<void> end_data();
  Result<void> read_pax();
  Result<std::uint64_t> read_number(std::size_t at, std::size_t length) const;
  std::string read_text(std::size_t at, std::size_t length) const;
  Error error(const std::string& what) const;

  std::string name_;
  TarVisitor visitor_;
  TarLimits limits_;
  State state_ = State::header;
  std::array<std::uint8_t, kBlock> block_{};
  std::size_t filled_ = 0;
  std::uint64_t offset_ = 0, left_ = 0;
  std::uint64_t place_ = 0;  // what an error names: where the last header began
  std::size_t padding_ = 0;
  int entries_ = 0;
  std::string extended_;   // a long name or pax records being read
  std::string next_path_;  // what they said of the next file
  std::uint64_t next_size_ = 0;
  bool has_next_size_ = false;
};

}  // namespace cnn
