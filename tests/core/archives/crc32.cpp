#include "core/archives/crc32.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("archives/crc32");

namespace {
cnn::Bytes bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
}  // namespace

TEST_CASE("crc32: the check value, whole and in pieces") {
  const std::string text = "123456789";
  CHECK(cnn::crc32(0, bytes(text)) == 0xCBF43926u);
  for (std::size_t at = 0; at <= text.size(); ++at) {
    CHECK(cnn::crc32(cnn::crc32(0, bytes(text.substr(0, at))), bytes(text.substr(at))) == 0xCBF43926u);
  }
}

TEST_CASE("crc32: pieces of any size, and lengths around a round's, give the checksum of the whole") {
  for (std::size_t length = 0; length < 200; ++length) {
    CAPTURE(length);
    const std::string text(length, 'x');
    std::uint32_t in_pieces = 0;
    for (const char c : text) in_pieces = cnn::crc32(in_pieces, bytes(std::string(1, c)));
    CHECK(cnn::crc32(0, bytes(text)) == in_pieces);
  }
}
