#include "core/archives/tar.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("archives/tar");

using tests::ByteVector;

namespace {

struct Entry {
  std::string path;
  ByteVector content;
  bool operator==(const Entry&) const = default;
};
struct Listing {
  std::vector<Entry> entries;
  std::string error;
};

Listing list(const ByteVector& archive, std::size_t most_per_piece = 1000, cnn::TarLimits limits = {}) {
  Listing out;
  bool open = false;
  cnn::TarVisitor visitor;
  visitor.begin = [&](const std::string& path, std::uint64_t) -> cnn::Result<bool> {
    CHECK(!open);
    open = path != "skipped";
    if (open) out.entries.push_back({path, {}});
    return open;
  };
  visitor.data = [&](cnn::Bytes bytes) -> cnn::Result<void> {
    CHECK(open);
    out.entries.back().content.insert(out.entries.back().content.end(), bytes.begin(), bytes.end());
    return {};
  };
  visitor.end = [&]() -> cnn::Result<void> {
    CHECK(open);
    open = false;
    return {};
  };
  cnn::TarReader reader("test.tar", visitor, limits);
  auto result = tests::in_pieces(archive, most_per_piece, [&](cnn::Bytes in) { return reader.write(in); });
  if (result) result = reader.finish();
  if (!result) out.error = result.error().message;
  return out;
}

ByteVector with_entry(std::string_view name, char type = '0', const ByteVector& content = {1, 2, 3}) {
  ByteVector archive;
  tests::append_tar_entry(archive, name, content, type);
  tests::append_tar_end(archive);
  return archive;
}

ByteVector pax_record(const std::string& key_value) {
  ByteVector record;
  std::size_t length = key_value.size() + 3;
  while (std::to_string(length).size() + key_value.size() + 2 != length) ++length;
  tests::append(record, std::to_string(length) + " " + key_value + "\n");
  return record;
}

}  // namespace

TEST_CASE("tar: files arrive in order with their bytes; folders and unwanted files are skipped") {
  ByteVector archive;
  tests::append_tar_entry(archive, "folder/", {}, '5');
  tests::append_tar_entry(archive, "folder/a.bin", ByteVector(512, 7));
  tests::append_tar_entry(archive, "skipped", ByteVector(700, 1));
  tests::append_tar_entry(archive, "empty", {});
  tests::append_tar_entry(archive, "b.bin", ByteVector(513, 8));
  tests::append_tar_end(archive);
  const std::vector<Entry> expected{
      {"folder/a.bin", ByteVector(512, 7)}, {"empty", {}}, {"b.bin", ByteVector(513, 8)}};
  for (const std::size_t most : {1u, 100u, 5000u}) {
    const Listing out = list(archive, most);
    CHECK(out.error == "");
    CHECK((out.entries == expected));
  }
}

TEST_CASE("tar: archives of version 7 of Unix have no magic word, and folders end with a slash") {
  ByteVector archive = tests::tar_header("folder/", 0, '\0', false);
  tests::append(archive, tests::tar_header("folder/a.bin", 512, '\0', false));
  archive.resize(archive.size() + 512, 7);
  tests::append_tar_end(archive);
  const Listing out = list(archive);
  CHECK(out.error == "");
  CHECK((out.entries == std::vector<Entry>{{"folder/a.bin", ByteVector(512, 7)}}));
  archive[0] = 'x';
  CHECK(list(archive).error.find("not a tar archive") != std::string::npos);
}

TEST_CASE("tar: long names as pax, GNU tar and ustar write them") {
  const ByteVector ten =
      list(tests::read_file(CNN_TESTS_DIR "/fuzz/corpus/tar/ustar.tar")).entries.at(1).content;
  CHECK(ten.size() == 10);
  std::string folders;
  for (int i = 0; i < 30; ++i) folders += "folder/";
  for (const char* name : {"pax.tar", "gnu.tar"}) {
    CAPTURE(name);
    const Listing out = list(tests::read_file(CNN_TESTS_DIR "/fuzz/corpus/tar/" + std::string(name)));
    CHECK(out.error == "");
    REQUIRE(out.entries.size() == 3);
    CHECK(out.entries[0].path == "folder/one.bin");
    CHECK(out.entries[0].content.size() == 700);
    CHECK(out.entries[1].path == folders + "a_file_with_a_long_name.bin");
    CHECK(out.entries[1].content == ten);
    CHECK(out.entries[2].path == "empty.bin");
  }
  const Listing out = list(tests::read_file(CNN_TESTS_DIR "/fuzz/corpus/tar/ustar.tar"));
  CHECK(out.entries.at(1).path == std::string(80, 'p') + "/" + std::string(80, 'q'));
}

TEST_CASE("tar: pax may set the size, which must be a number") {
  ByteVector archive;
  tests::append_tar_entry(archive, "pax", pax_record("size=5"), 'x');
  tests::append(archive, tests::tar_header("a", 0));
  archive.resize(archive.size() + 512, 9);
  tests::append_tar_end(archive);
  const Listing out = list(archive);
  CHECK(out.error == "");
  REQUIRE(out.entries.size() == 1);
  CHECK(out.entries[0].content == ByteVector(5, 9));

  for (const char* record : {"size=", "size=5x", "size=99999999999999999999", "nothing"}) {
    CAPTURE(record);
    CHECK(list(with_entry("pax", 'x', pax_record(record))).error.find("test.tar: a ") == 0);
  }
  for (const char* text : {"5 a=", "99 a=b\n", "0 a=b\n", "a=b\n", "99999999999999999999 a=b\n", "6", "2 "}) {
    ByteVector content;
    tests::append(content, std::string_view(text));
    CAPTURE(text);
    CHECK(list(with_entry("pax", 'x', content)).error.find("test.tar: a damaged pax header") == 0);
  }
}

TEST_CASE("tar: harmful entries are refused with their name and offset") {
  struct Case {
    std::string_view why;
    const char* path;
    char type;
    const char* says;
  };
  const Case cases[] = {
      {"absolute", "/etc/passwd", '0',
       "test.tar: refused: the absolute path \"/etc/passwd\" (at byte 0 of the archive)"},
      {"a drive", "C:/x", '0', "absolute path"},
      {"up at the start", "../x", '0', "leaves its folder"},
      {"up in the middle", "a/../../x", '0', "leaves its folder"},
      {"up at the end", "a/..", '0', "leaves its folder"},
      {"a folder, too", "../", '5', "leaves its folder"},
      {"backslash", "a\\..\\b", '0', "a backslash or a control character"},
      {"control character", "a\nb", '0', "a backslash or a control character"},
      {"nameless", "", '0', "without a name"},
      {"hard link", "x", '1', "\"x\" is a link"},
      {"symbolic link", "x", '2', "\"x\" is a link"},
      {"device", "x", '3', "neither a file nor a folder"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Listing out = list(with_entry(c.path, c.type));
    CHECK(out.error.find(c.says) != std::string::npos);
    CHECK(out.entries.empty());
  }
  CHECK(list(with_entry("a..b/..c/d..")).error == "");
}

TEST_CASE("tar: sizes and counts over the limits are refused before any data is read") {
  cnn::TarLimits limits;
  limits.max_file_bytes = 100;
  limits.max_entries = 1;
  ByteVector archive = tests::tar_header("a", 101);
  CHECK(list(archive, 1000, limits)
            .error.find("has 101 bytes according to its header, more than the limit of 100") !=
        std::string::npos);
  archive = tests::tar_header("a", (1ull << 33) - 1);
  CHECK(list(archive).error.find("has 8589934591 bytes according to its header") != std::string::npos);
  archive.clear();
  tests::append_tar_entry(archive, "a", {});
  tests::append_tar_entry(archive, "b", {});
  CHECK(list(archive, 1000, limits).error.find("more than 1 entries") != std::string::npos);
  CHECK(list(tests::tar_header("x", 1 << 20, 'x')).error.find("an extended header of 1048576 bytes") !=
        std::string::npos);
}

TEST_CASE("tar: damage is an error") {
  ByteVector archive = with_entry("a");
  archive[0] = 'b';
  CHECK(list(archive).error.find("a header with a wrong checksum") != std::string::npos);
  archive = with_entry("a");
  archive[257] = 'x';  // which the checksum covers
  CHECK(list(archive).error.find("not a tar archive") != std::string::npos);
  archive = with_entry("a");
  archive[130] = '9';
  CHECK(list(archive).error != "");
  CHECK(list({}).error.find("the archive is empty") != std::string::npos);
  CHECK(list(ByteVector(1024)).error.find("the archive has no entries") != std::string::npos);
  archive = with_entry("a");
  CHECK(list(ByteVector(100, 'a')).error.find("not a tar archive") != std::string::npos);
  for (const std::size_t length : {512u, 514u, 600u, 1024u}) {
    CAPTURE(length);
    archive.resize(1024);
    CHECK(list(ByteVector(archive.begin(), archive.begin() + static_cast<std::ptrdiff_t>(length)))
              .error.find("the archive ends before its end marker") != std::string::npos);
  }
}
