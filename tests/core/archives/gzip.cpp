#include "core/archives/gzip.h"

#include <doctest/doctest.h>

#include <string>

#include "core/archives/crc32.h"
#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("archives/gzip");

using tests::ByteVector;

namespace {

struct Unpacked {
  ByteVector content;
  std::string error;
};

Unpacked unpack(const ByteVector& file, std::size_t most_per_piece = 1u << 20, std::uint64_t cap = 1u << 24) {
  Unpacked out;
  cnn::GzipReader reader("test.gz", cap, [&out](cnn::Bytes bytes) -> cnn::Result<void> {
    out.content.insert(out.content.end(), bytes.begin(), bytes.end());
    return {};
  });
  cnn::Result<void> result =
      most_per_piece > file.size()
          ? reader.write(file)
          : tests::in_pieces(file, most_per_piece, [&](cnn::Bytes in) { return reader.write(in); });
  if (result) result = reader.finish();
  if (!result) out.error = result.error().message;
  return out;
}

ByteVector corpus(const std::string& name) {
  return tests::read_file(CNN_TESTS_DIR "/fuzz/corpus/gzip/" + name);
}

/// Contents: text(n) of fixtures/make_archives.py, with the CRC-32 that Python's zlib computes.
struct File {
  std::string name;
  std::uint32_t crc;
};
const File kFiles[] = {
    {"dynamic.gz", 0xEF4AD014u},
    {"fixed.gz", 0x847EECA3u},
    {"stored.gz", 0xDE0D8FF2u},
    {"huffman_only.gz", 0x5A99B332u},
    {"run_length.gz", 0x1229E204u},
    {"empty.gz", 0x00000000u},
    {"every_header_field.gz", 0x847EECA3u},
};

}  // namespace

TEST_CASE("gzip: every block type and header field unpacks, whole and in pieces of any size") {
  for (const File& file : kFiles) {
    for (const std::size_t most : {1u, 2u, 7u, 1000u, 1u << 20}) {
      CAPTURE(file.name);
      CAPTURE(most);
      const Unpacked out = unpack(corpus(file.name), most);
      CHECK(out.error == "");
      CHECK(cnn::crc32(0, out.content) == file.crc);
    }
  }
}

TEST_CASE("gzip: consecutive members are one file, and zeros may pad the end") {
  ByteVector file = corpus("two_members.gz");
  file.resize(file.size() + 100);
  const ByteVector once = unpack(corpus("fixed.gz")).content;
  ByteVector twice = once;
  tests::append(twice, once);
  const Unpacked out = unpack(file, 5);
  CHECK(out.error == "");
  CHECK(out.content == twice);
}

TEST_CASE("gzip: a truncated file is an error, wherever it ends") {
  for (const char* name : {"fixed.gz", "huffman_only.gz", "every_header_field.gz", "stored.gz"}) {
    const ByteVector file = corpus(name);
    for (std::size_t length = 0; length < file.size(); ++length) {
      CAPTURE(name);
      CAPTURE(length);
      const Unpacked out =
          unpack(ByteVector(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length)), 3);
      CHECK(out.error.find("test.gz: ") == 0);
    }
  }
}

TEST_CASE("gzip: every changed bit in the data is an error") {
  const ByteVector file = corpus("huffman_only.gz");
  for (std::size_t bit = 8 * 10; bit < 8 * file.size(); ++bit) {  // after the ten bytes of the header
    ByteVector changed = file;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CAPTURE(bit);
    CHECK(unpack(changed).error != "");
  }
}

TEST_CASE("gzip: errors name the problem, the file and the byte") {
  CHECK(unpack({'P', 'K', 3, 4}).error == "test.gz: not a gzip file (at byte 1 of the compressed file)");
  CHECK(unpack({}).error == "test.gz: the file is empty (at byte 0 of the compressed file)");
  ByteVector file = corpus("fixed.gz");
  file[file.size() - 8] ^= 1;
  CHECK(unpack(file).error.find("the checksum of the unpacked data is wrong") != std::string::npos);
  file = corpus("fixed.gz");
  file.back() ^= 1;
  CHECK(unpack(file).error.find("the length of the unpacked data is wrong") != std::string::npos);
  file = corpus("fixed.gz");
  tests::append(file, std::string_view("garbage"));
  CHECK(unpack(file).error.find("data that is not gzip follows the compressed data") != std::string::npos);
}

TEST_CASE("gzip: a small file that unpacks to a huge one stops at the limit") {
  const Unpacked out = unpack(corpus("run_length.gz"), 1u << 20, 5000);
  CHECK(out.error.find("it unpacks to more than 5000 bytes, the limit") != std::string::npos);
  CHECK(out.content.size() <= 5000);
}

TEST_CASE("gzip: an error of the sink is passed on unchanged") {
  cnn::GzipReader reader("test.gz", 1000, [](cnn::Bytes) -> cnn::Result<void> {
    return cnn::Error{"bad_data", "full"};
  });
  const auto result = reader.write(corpus("fixed.gz"));
  REQUIRE(!result);
  CHECK(result.error().message == "full");
}
