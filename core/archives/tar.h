#pragma once
/// tar archives, read as a stream.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "core/archives/byte_sink.h"

namespace cnn {

/// Callbacks for the files in an archive, in the archive's order. An error from any of them stops the reader.
struct TarVisitor {
  /// A regular file begins. Return false to skip its bytes.
  std::function<Result<bool>(const std::string& path, std::uint64_t size)> begin;
  ByteSink data;
  std::function<Result<void>()> end;
};

struct TarLimits {
  std::uint64_t max_file_bytes = std::uint64_t{1} << 30;
  int max_entries = 100000;
};

/// Reads a tar archive that arrives in pieces of any size: ustar, pax paths and sizes, GNU long names.
/// Rejects absolute paths, "..", backslashes and control characters in paths, links and devices, files over
/// the limit, and headers with a wrong checksum. Errors name the archive and the byte offset.
class TarReader {
 public:
  TarReader(std::string name, TarVisitor visitor, TarLimits limits = {});

  Result<void> write(Bytes in);
  /// Call at the end of the archive; an error inside a file or before the end marker.
  Result<void> finish();

 private:
  static constexpr std::size_t kBlock = 512;
  enum class State : std::uint8_t { header, file, skipped, long_name, pax, padding, end };

  Result<void> read_header();
  Result<void> begin_file(const std::string& path, std::uint64_t size);
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
  std::uint64_t place_ = 0;  // offset that errors report: the start of the last header
  std::size_t padding_ = 0;
  int entries_ = 0;
  std::string extended_;   // the long name or pax records being read
  std::string next_path_;  // path and size they give for the next file
  std::uint64_t next_size_ = 0;
  bool has_next_size_ = false;
};

}  // namespace cnn
