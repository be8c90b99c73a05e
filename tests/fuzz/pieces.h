#pragma once
/// Checks that the size of the pieces in which bytes arrive makes no difference to a reader.

#include <algorithm>
#include <cstddef>
#include <string>

#include "core/archives/byte_sink.h"
#include "core/base/result.h"
#include "tests/fuzz/require.h"

namespace cnn {

/// Calls reader.write() until nothing is left or it fails.
template <class Reader>
Result<void> write_in_pieces(Reader& reader, Bytes bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const std::size_t taken = std::min(piece, bytes.size());
    if (auto wrote = reader.write(bytes.first(taken)); !wrote) return wrote;
    bytes = bytes.subspan(taken);
  }
  return {};
}

/// unpack(bytes, piece) must give the same result at once and in pieces, or an error that names the file.
template <class Unpack>
void require_same_in_pieces(Bytes bytes, const std::string& file, Unpack unpack) {
  const auto whole = unpack(bytes, bytes.size());
  const auto pieces = unpack(bytes, 1 + bytes.size() % 97);
  require(whole.ok() == pieces.ok());
  if (whole)
    require(*whole == *pieces);
  else
    require(whole.error().code == "bad_data" && whole.error().message.find(file + ": ") == 0);
}

}  // namespace cnn
