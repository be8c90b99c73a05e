// Any bytes give an error with a message, or unpack to the same bytes whatever the size of the pieces, and
// never to more than the limit.
#include "core/archives/gzip.h"

#include <cstdint>
#include <vector>

#include "tests/fuzz/pieces.h"

namespace {

constexpr std::size_t kMost = 1 << 20;

cnn::Result<std::vector<std::uint8_t>> unpack(cnn::Bytes bytes, std::size_t piece) {
  std::vector<std::uint8_t> content;
  cnn::GzipReader reader("file.gz", kMost, [&](cnn::Bytes out) -> cnn::Result<void> {
    content.insert(content.end(), out.begin(), out.end());
    cnn::require(content.size() <= kMost);
    return {};
  });
  if (auto wrote = cnn::write_in_pieces(reader, bytes, piece); !wrote) return wrote.error();
  if (auto finished = reader.finish(); !finished) return finished.error();
  return content;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cnn::require_same_in_pieces({data, size}, "file.gz", unpack);
  return 0;
}
