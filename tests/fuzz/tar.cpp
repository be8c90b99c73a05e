// Any bytes give an error with a message, or files with harmless paths, the same whatever the size of the
// pieces. The header checksums are corrected first, because otherwise few inputs would pass them.
#include "core/archives/tar.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/pieces.h"

namespace {

constexpr std::size_t kBlock = 512, kChecksumAt = 148, kMagicAt = 257;
constexpr std::uint64_t kMostBytes = 1 << 20;

struct File {
  std::string path;
  std::vector<std::uint8_t> content;
  friend bool operator==(const File&, const File&) = default;
};

void correct_checksums(std::vector<std::uint8_t>& archive) {
  for (std::size_t at = 0; at + kBlock <= archive.size(); at += kBlock) {
    std::uint8_t* header = archive.data() + at;
    if (std::memcmp(header + kMagicAt, "ustar", 5) != 0) continue;
    std::fill_n(header + kChecksumAt, 8, std::uint8_t{' '});
    unsigned sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i) sum += header[i];
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    std::memcpy(header + kChecksumAt, text, 7);
  }
}

void require_harmless(const std::string& path) {
  cnn::require(path.empty() || path[0] != '/');
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    cnn::require(path.compare(from, to - from, "..") != 0);
    from = to + 1;
  }
}

cnn::Result<std::vector<File>> unpack(cnn::Bytes bytes, std::size_t piece) {
  std::vector<File> files;
  bool open = false;
  cnn::TarVisitor visitor;
  visitor.begin = [&](const std::string& path, std::uint64_t size) -> cnn::Result<bool> {
    cnn::require(!open && size <= kMostBytes);
    require_harmless(path);
    files.push_back({path, {}});
    return open = true;
  };
  visitor.data = [&](cnn::Bytes in) -> cnn::Result<void> {
    cnn::require(open);
    files.back().content.insert(files.back().content.end(), in.begin(), in.end());
    return {};
  };
  visitor.end = [&]() -> cnn::Result<void> {
    cnn::require(std::exchange(open, false));
    return {};
  };
  cnn::TarReader reader("file.tar", visitor, {.max_file_bytes = kMostBytes, .max_entries = 100});
  if (auto wrote = cnn::write_in_pieces(reader, bytes, piece); !wrote) return wrote.error();
  if (auto finished = reader.finish(); !finished) return finished.error();
  cnn::require(!open);
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> archive(data, data + size);
  correct_checksums(archive);
  cnn::require_same_in_pieces(archive, "file.tar", unpack);
  return 0;
}
