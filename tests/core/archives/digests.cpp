#include <doctest/doctest.h>

#include <string>

#include "core/archives/crc32.h"
#include "core/datasets/md5.h"
#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("datasets/digests");

namespace {
cnn::Bytes bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
std::string md5(const std::string& text) {
  cnn::Md5 digest;
  digest.write(bytes(text));
  return digest.finish();
}
}  // namespace

TEST_CASE("md5: the test suite of RFC 1321") {
  CHECK(md5("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(md5("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
        "d174ab98d277d9f5a5611c2c9f419d9f");
  CHECK(md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
        "57edf4a22be3c955ac49da2e2107b67a");
}

TEST_CASE("md5: pieces of any size, and lengths around a block's, give the digest of the whole") {
  for (std::size_t length = 0; length < 200; ++length) {
    CAPTURE(length);
    const std::string text(length, 'x');
    cnn::Md5 whole, single;
    whole.write(bytes(text));
    for (const char c : text) single.write(bytes(std::string(1, c)));
    CHECK(whole.finish() == single.finish());
  }
}

TEST_CASE("crc32: the check value, whole and in pieces") {
  const std::string text = "123456789";
  CHECK(cnn::crc32(0, bytes(text)) == 0xCBF43926u);
  for (std::size_t at = 0; at <= text.size(); ++at) {
    CHECK(cnn::crc32(cnn::crc32(0, bytes(text.substr(0, at))), bytes(text.substr(at))) == 0xCBF43926u);
  }
}
