#include "core/archives/gzip.h"

#include <doctest/doctest.h>

#include <string>

#include "core/datasets/md5.h"
#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("datasets/gzip");

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

std::string md5(const ByteVector& content) {
  cnn::Md5 digest;
  digest.write(content);
  return digest.finish();
}

ByteVector corpus(const std::string& name) {
  return tests::read_file(CNN_TESTS_DIR "/fuzz/corpus/gzip/" + name);
}

// Contents: text(n) of fixtures/make_archives.py, whose digests Python's hashlib gave.
struct File {
  std::string name;
  const char* md5;
};
const File kFiles[] = {
    {"dynamic.gz", "943391b4e54e45cfeeccb1351477a139"},
    {"fixed.gz", "198f61c4438b671b58c93744bd85121a"},
    {"stored.gz", "4229d18c8801bfe3f334b68e19751776"},
    {"huffman_only.gz", "1c76e3888362a80f89db6c6cf6b35a0b"},
    {"run_length.gz", "0b21388e04a856f824a29c58d71c8d40"},
    {"empty.gz", "d41d8cd98f00b204e9800998ecf8427e"},
    {"every_header_field.gz", "198f61c4438b671b58c93744bd85121a"},
};

}  // namespace

TEST_CASE("gzip: every kind of block and header field unpacks, whole and in pieces of any size") {
  for (const File& file : kFiles) {
    for (const std::size_t most : {1u, 2u, 7u, 1000u, 1u << 20}) {
      CAPTURE(file.name);
      CAPTURE(most);
      const Unpacked out = unpack(corpus(file.name), most);
      CHECK(out.error == "");
      CHECK(md5(out.content) == file.md5);
    }
  }
}

TEST_CASE("gzip: members in a row are one file, and zeros may fill up the end") {
  ByteVector file = corpus("two_members.gz");
  file.resize(file.size() + 100);
  const ByteVector once = unpack(corpus("fixed.gz")).content;
  ByteVector twice = once;
  tests::append(twice, once);
  const Unpacked out = unpack(file, 5);
  CHECK(out.error == "");
  CHECK(out.content == twice);
}

TEST_CASE("gzip: a file that ends early is an error wherever it ends") {
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

TEST_CASE("gzip: a changed bit in the data never goes unnoticed") {
  const ByteVector file = corpus("huffman_only.gz");
  for (std::size_t bit = 8 * 10; bit < 8 * file.size(); ++bit) {  // after the ten bytes of the header
    ByteVector changed = file;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CAPTURE(bit);
    CHECK(unpack(changed).error != "");
  }
}

TEST_CASE("gzip: what is wrong is said, with the file and the byte") {
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
  CHECK(unpack(file).error.find("something that is not gzip follows") != std::string::npos);
}

TEST_CASE("gzip: a small file that would fill the memory stops at the cap") {
  const Unpacked out = unpack(corpus("run_length.gz"), 1u << 20, 5000);
  CHECK(out.error.find("it unpacks to more than 5000 bytes") != std::string::npos);
  CHECK(out.content.size() <= 5000);
}

TEST_CASE("gzip: an error of the sink comes through as it is") {
  cnn::GzipReader reader("test.gz", 1000, [](cnn::Bytes) -> cnn::Result<void> {
    return cnn::Error{"bad_data", "full"};
  });
  const auto result = reader.write(corpus("fixed.gz"));
  REQUIRE(!result);
  CHECK(result.error().message == "full");
}
