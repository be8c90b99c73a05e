#include "core/datasets/cifar10.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("datasets/cifar10");

using tests::ByteVector;
using File = std::pair<std::string, ByteVector>;

namespace {

cnn::Result<cnn::DatasetPair> load(const std::vector<File>& files, std::size_t most_per_piece = 5000,
                                   cnn::Cifar10Options options = {}) {
  cnn::Cifar10Loader loader(std::move(options));
  for (const auto& [name, bytes] : files) {
    auto result = loader.begin_file(name);
    if (result)
      result = tests::in_pieces(bytes, most_per_piece, [&](cnn::Bytes in) { return loader.write(in); });
    if (result) result = loader.end_file();
    if (!result) return result.error();
  }
  return loader.finish();
}

std::string problem(const std::vector<File>& files, cnn::Cifar10Options options = {}) {
  const auto data = load(files, 5000, std::move(options));
  return data ? "" : data.error().message;
}

ByteVector class_names(const std::vector<std::string>& names = cnn::cifar10_class_names()) {
  ByteVector text;
  for (const std::string& name : names) tests::append(text, name + "\n");
  return text;
}

ByteVector archive(const std::vector<File>& files) {
  ByteVector tar;
  tests::append_tar_entry(tar, "cifar-10-batches-bin/", {}, '5');
  for (const auto& [name, bytes] : files) tests::append_tar_entry(tar, "cifar-10-batches-bin/" + name, bytes);
  tests::append_tar_end(tar);
  return tar;
}

/// The first pixel of each picture, which identifies the record (see cifar_batch).
std::vector<int> numbers(const cnn::Dataset& data) {
  std::vector<int> result;
  for (std::size_t i = 0; i < data.size(); ++i) result.push_back(data.image(i)[0]);
  return result;
}

}  // namespace

TEST_CASE("cifar10: labels, pixels and splits, in pieces of any size") {
  for (const std::size_t most : {1u, 10u, 3073u, 100000u}) {
    CAPTURE(most);
    const auto data = load({{"data_batch_1.bin", tests::cifar_batch({3, 9}, 10)},
                            {"some/folder/test_batch.bin", tests::cifar_batch({0}, 20)},
                            {"batches.meta.txt", class_names()}},
                           most);
    REQUIRE(data);
    CHECK(data->train.labels == ByteVector{3, 9});
    CHECK(data->train.images.size() == 2 * cnn::kImageBytes);
    CHECK(numbers(data->train) == std::vector<int>{10, 11});
    CHECK(data->train.image(1)[cnn::kImageBytes - 1] == 11);
    CHECK(data->test.labels == ByteVector{0});
    CHECK(numbers(data->test) == std::vector<int>{20});
    CHECK(data->train.class_names.at(9) == "truck");
    CHECK(!data->train.synthetic);
  }
}

TEST_CASE("cifar10: the training set is in the order of the batches, however they arrive") {
  const auto batch = [](int n) {
    return File{"data_batch_" + std::to_string(n) + ".bin",
                tests::cifar_batch({n % 10, (n + 1) % 10, (n + 2) % 10}, 10 * n)};
  };
  const auto in_order = load({batch(1), batch(2), batch(3), batch(10)});
  const auto shuffled = load({batch(3), batch(10), batch(1), batch(2)});
  REQUIRE(in_order);
  REQUIRE(shuffled);
  CHECK(in_order->train.labels == shuffled->train.labels);
  CHECK(in_order->train.images == shuffled->train.images);
  CHECK(numbers(shuffled->train) == std::vector<int>{10, 11, 12, 20, 21, 22, 30, 31, 32, 100, 101, 102});
}

TEST_CASE("cifar10: plain, .gz, .tar and .tar.gz files give the same pictures") {
  const std::vector<File> batches{{"data_batch_2.bin", tests::cifar_batch({5}, 50)},
                                  {"test_batch.bin", tests::cifar_batch({6}, 60)},
                                  {"readme.html", ByteVector(100, '<')},
                                  {"batches.meta.txt", class_names()},
                                  {"data_batch_1.bin", tests::cifar_batch({4, 7}, 40)}};
  const ByteVector tar = archive(batches);
  const std::vector<std::vector<File>> forms{
      {batches[0], batches[1], batches[3], batches[4]},
      {{"data_batch_1.bin.gz", tests::gzip_stored(batches[4].second)},
       {"data_batch_2.bin.gz", tests::gzip_stored(batches[0].second)},
       {"test_batch.bin.gz", tests::gzip_stored(batches[1].second)}},
      {{"cifar.tar", tar}},
      {{"cifar-10-binary.tar.gz", tests::gzip_stored(tar)}},
      {{"download", tests::gzip_stored(tar)}},  // recognized by content, not by name
      {{"download", tar}}};
  for (std::size_t i = 0; i < forms.size(); ++i) {
    CAPTURE(i);
    const auto data = load(forms[i], 777);
    CHECK((data ? "" : data.error().message) == std::string());
    REQUIRE(data);
    CHECK(data->train.labels == ByteVector{4, 7, 5});
    CHECK(numbers(data->train) == std::vector<int>{40, 41, 50});
    CHECK(numbers(data->test) == std::vector<int>{60});
  }
}

TEST_CASE("cifar10: macOS metadata files next to the batches are skipped, with a note") {
  const ByteVector tar = archive({{"._data_batch_1.bin", ByteVector(192, 5)},
                                  {"data_batch_1.bin", tests::cifar_batch({0, 1, 2})},
                                  {"._test_batch.bin", ByteVector(192, 5)},
                                  {"test_batch.bin", tests::cifar_batch({3, 4})}});
  cnn::Cifar10Loader loader;
  REQUIRE(loader.begin_file("cifar.tar"));
  REQUIRE(loader.write(tar));
  REQUIRE(loader.end_file());
  CHECK(loader.notes() == std::vector<std::string>{"macOS metadata files (._*) were skipped.",
                                                   "Read as CIFAR-10, with its 10 classes."});
  const auto data = loader.finish();
  REQUIRE(data);
  CHECK(data->train.size() == 3);
  CHECK(data->test.size() == 2);
}

TEST_CASE("cifar10: a file that is compressed twice is unpacked twice") {
  const ByteVector tar = archive({{"data_batch_1.bin", tests::cifar_batch({0, 1, 2})}});
  for (const char* name : {"cifar.tar.gz", "cifar.tar.gz.gz", "cifar"}) {
    CAPTURE(name);
    const auto data = load({{name, tests::gzip_stored(tests::gzip_stored(tar))}});
    REQUIRE(data);
    CHECK(data->train.size() == 3);
  }
}

TEST_CASE("cifar10: an HTML page is reported as one") {
  ByteVector page;
  tests::append(page, "<!DOCTYPE html><title>403 Forbidden</title>");
  for (const char* name : {"cifar-10-binary.tar.gz", "data_batch_1.bin"})
    CHECK(problem({{name, page}}).find(": this is an HTML or XML page, not a data file") !=
          std::string::npos);
}

namespace {

/// Records with two labels: the group i % 20 and the class i % 100.
ByteVector cifar100_batch(std::size_t count) {
  ByteVector bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i % 20));
    bytes.push_back(static_cast<std::uint8_t>(i % 100));
    bytes.insert(bytes.end(), cnn::kImageBytes, static_cast<std::uint8_t>(i));
  }
  return bytes;
}

}  // namespace

TEST_CASE("cifar100: its classes, or its groups on request, from the archive and from single files") {
  const std::vector<File> files{{"train.bin", cifar100_batch(101)}, {"test.bin", cifar100_batch(20)}};
  for (const std::vector<File>& given :
       {files, std::vector<File>{{"cifar-100-binary.tar.gz", tests::gzip_stored(archive(files))}}}) {
    const auto data = load(given);
    REQUIRE(data);
    CHECK(data->train.class_names.size() == 100);
    CHECK(data->train.class_names[99] == "worm");
    CHECK(data->train.size() == 101);
    CHECK(data->test.size() == 20);
    CHECK(data->train.labels[99] == 99);
    CHECK(data->train.image(99)[0] == 99);
    CHECK(data->train.image(99)[cnn::kImageBytes - 1] == 99);
    cnn::Cifar10Options options;
    options.coarse = true;
    const auto groups = load(given, 5000, std::move(options));
    REQUIRE(groups);
    CHECK(groups->train.class_names.size() == 20);
    CHECK(groups->train.labels[99] == 19);
  }
  CHECK(problem({{"data_batch_1.bin", tests::cifar_batch({0, 1, 2})}, {"train.bin", cifar100_batch(3)}})
            .find("load one data set at a time") != std::string::npos);
}

namespace {

/// As Python 2's cPickle wrote CIFAR-10's batches, protocol 2.
ByteVector python_batch(const std::vector<std::uint8_t>& labels, const std::string& key = "labels",
                        const std::string& module = "numpy.core.multiarray") {
  ByteVector out{0x80, 2, '}', 'q', 1, '('};
  const auto text = [&out](const std::string& value) {
    out.push_back('U');
    out.push_back(static_cast<std::uint8_t>(value.size()));
    tests::append(out, value);
  };
  const auto list = [&](const std::string& name, int divisor) {
    text(name);
    tests::append(out, "](");
    for (const std::uint8_t label : labels) {
      out.push_back('K');
      out.push_back(static_cast<std::uint8_t>(label / divisor));
    }
    out.push_back('e');
  };
  text("batch_label");
  text("training batch 1 of 5");
  list(key, 1);
  if (key == "fine_labels") list("coarse_labels", 5);
  text("data");
  tests::append(out, "c" + module + "\n_reconstruct\ncnumpy\nndarray\n");
  tests::append(out,
                ByteVector{'K', 0, 0x85, 'U', 1, 'b', 0x87, 'R', '(', 'K', 1, 'M', 3, 0, 'M', 0, 12, 0x86});
  tests::append(out, "cnumpy\ndtype\n");
  tests::append(out, ByteVector{'U', 2,   'u', '1', 'K', 0,   'K', 1,   0x87, 'R',  '(', 'K',
                                3,   'U', 1,   '|', 'N', 'N', 'N', 'J', 255,  255,  255, 255,
                                'J', 255, 255, 255, 255, 'K', 0,   't', 'b',  0x89, 'T'});
  const auto size = static_cast<std::uint32_t>(labels.size() * cnn::kImageBytes);
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
  for (const std::uint8_t label : labels)
    out.insert(out.end(), cnn::kImageBytes, static_cast<std::uint8_t>(label + 1));
  tests::append(out, "tb");
  text("filenames");
  tests::append(out, "](");
  for (std::size_t i = 0; i < labels.size(); ++i) text("a.png");
  tests::append(out, "eu.");
  return out;
}

}  // namespace

TEST_CASE("cifar10: the Python version has the same pictures, packed or not") {
  const std::vector<File> files{{"data_batch_1", python_batch({3, 1, 4})}, {"test_batch", python_batch({9})}};
  for (const std::vector<File>& given :
       {files, std::vector<File>{{"cifar-10-python.tar.gz", tests::gzip_stored(archive(files))}}}) {
    const auto data = load(given);
    REQUIRE(data);
    CHECK(data->train.labels == std::vector<std::uint8_t>{3, 1, 4});
    CHECK(data->test.labels == std::vector<std::uint8_t>{9});
    CHECK(data->train.image(2)[0] == 5);
    CHECK(data->train.image(2)[cnn::kImageBytes - 1] == 5);
  }
  const auto hundred =
      load({{"cifar-100-python.tar", archive({{"train", python_batch({99, 7}, "fine_labels")}})}});
  REQUIRE(hundred);
  CHECK(hundred->train.class_names.size() == 100);
  CHECK(hundred->train.labels == std::vector<std::uint8_t>{99, 7});
}

TEST_CASE("cifar10: the Python version as Python 3 writes it, protocol 5") {
  ByteVector out{0x80, 5, '}', 0x94, '('};
  const auto text = [&out](const std::string& value) {
    out.push_back(0x8C);
    out.push_back(static_cast<std::uint8_t>(value.size()));
    tests::append(out, value);
    out.push_back(0x94);
  };
  text("labels");
  tests::append(out, ByteVector{']', 0x94, '(', 'K', 3, 'K', 1, 'e'});
  text("data");
  text("numpy._core.numeric");
  text("_frombuffer");
  tests::append(out, ByteVector{0x93, 0x94, '(', 0x96, 0, 24, 0, 0, 0, 0, 0, 0});
  out.insert(out.end(), 2 * cnn::kImageBytes, 9);
  out.push_back(0x94);
  text("numpy");
  text("dtype");
  tests::append(out, ByteVector{0x93, 0x94});
  text("u1");
  tests::append(out, ByteVector{0x89, 0x88, 0x87, 0x94, 'R', 0x94, '(', 'K', 3});
  text("|");
  tests::append(out, ByteVector{'N', 'N', 'N', 'J',  255, 255, 255, 255, 'J', 255, 255,  255, 255,
                                'K', 0,   't', 0x94, 'b', 'K', 2,   'M', 0,   12,  0x86, 0x94});
  text("C");
  tests::append(out, ByteVector{'t', 0x94, 'R', 0x94, 'u', '.'});
  const auto data = load({{"data_batch_1", out}});
  REQUIRE(data);
  CHECK(data->train.labels == std::vector<std::uint8_t>{3, 1});
  CHECK(data->train.image(1)[0] == 9);
}

TEST_CASE("cifar10: the Python version as Python 3 writes it, protocol 2: bytes as text in Latin-1") {
  ByteVector out{0x80, 2, '}', '('};
  const auto bytes = [&out](const ByteVector& value) {
    ByteVector utf8;
    for (const std::uint8_t byte : value) {
      if (byte >= 0x80) utf8.push_back(static_cast<std::uint8_t>(0xC0 | (byte >> 6)));
      utf8.push_back(byte < 0x80 ? byte : static_cast<std::uint8_t>(0x80 | (byte & 0x3F)));
    }
    tests::append(out, "c_codecs\nencode\nX");
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(utf8.size() >> (8 * i)));
    tests::append(out, utf8);
    tests::append(out, ByteVector{'X', 6, 0, 0, 0, 'l', 'a', 't', 'i', 'n', '1', 0x86, 'R'});
  };
  const auto text = [&](const std::string& value) { bytes(ByteVector(value.begin(), value.end())); };
  text("batch_label");
  tests::append(out, "c__builtin__\nbytes\n)R");
  text("labels");
  tests::append(out, ByteVector{']', '(', 'K', 3, 'K', 1, 'e'});
  text("data");
  tests::append(out, "cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\n");
  tests::append(out, ByteVector{'K', 0, 0x85});
  text("b");
  tests::append(out, ByteVector{0x87, 'R', '(', 'K', 1, 'K', 2, 'M', 0, 12, 0x86});
  tests::append(out, "cnumpy\ndtype\n");
  tests::append(out, ByteVector{'X', 2,   0,   0,   0,   'u', '1', 0x89, 0x88, 0x87, 'R', '(', 'K',
                                3,   'X', 1,   0,   0,   0,   '|', 'N',  'N',  'N',  'J', 255, 255,
                                255, 255, 'J', 255, 255, 255, 255, 'K',  0,    't',  'b', 0x89});
  ByteVector pixels(2 * cnn::kImageBytes);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i);
  bytes(pixels);
  tests::append(out, "tbu.");
  const auto data = load({{"data_batch_1", out}});
  REQUIRE(data);
  CHECK(data->train.labels == std::vector<std::uint8_t>{3, 1});
  CHECK(data->train.images == pixels);
  ByteVector damaged = out;
  damaged[out.size() - 50] = 0xC5;  // no byte is written so
  CHECK(problem({{"data_batch_1", damaged}}).find("damaged") != std::string::npos);
}

TEST_CASE("cifar10: a pickle of anything else is refused by name, and damage is an error") {
  CHECK(problem({{"data_batch_1", python_batch({1}, "labels", "os")}})
            .find("uses os._reconstruct, which is not run") != std::string::npos);
  CHECK(problem({{"data_batch_1", python_batch({1}, "names")}}).find("no \"data\" and \"labels\"") !=
        std::string::npos);
  const ByteVector whole = python_batch({3, 1});
  for (std::size_t length = 1; length < whole.size(); length += length < 260 ? 1 : 97) {
    CAPTURE(length);
    const ByteVector part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK_FALSE(problem({{"data_batch_1", part}}).empty());
  }
}

TEST_CASE("cifar10: complete records can be used while the rest arrives") {
  cnn::Cifar10Loader loader;
  const ByteVector batch = tests::cifar_batch({1, 2});
  REQUIRE(loader.begin_file("data_batch_1.bin"));
  REQUIRE(loader.write(cnn::Bytes(batch).first(3073 + 3072)));
  CHECK(loader.so_far().train.size() == 1);
  REQUIRE(loader.write(cnn::Bytes(batch).last(1)));
  CHECK(loader.so_far().train.size() == 2);
}

TEST_CASE("cifar10: errors name the problem, the file and the byte") {
  const ByteVector good = tests::cifar_batch({1, 2});
  ByteVector label = good;
  label[3073] = 10;
  CHECK(problem({{"data_batch_1.bin", label}}).find("data_batch_1.bin: label 10; labels here are 0 to 9") ==
        0);
  CHECK(problem({{"data_batch_1.bin", label}}).find("(at byte 3073)") != std::string::npos);
  CHECK(problem({{"cifar.tar", archive({{"test_batch.bin", label}})}})
            .find("cifar.tar: test_batch.bin: label 10") == 0);
  const ByteVector cut(good.begin(), good.begin() + 5000);
  CHECK(problem({{"test_batch.bin", cut}}) ==
        "test_batch.bin: the file ends inside record 1; a record has 3073 bytes (at byte 5000)");
  CHECK(problem({{"data_batch_1.bin", {}}}) == "data_batch_1.bin: the file is empty");
  CHECK(problem({{"a.tar.gz", tests::gzip_stored({})}}) == "a.tar.gz: the file unpacks to nothing");
  CHECK(problem({}) == "no files were given");
  CHECK(problem({{"a.tar", archive({{"readme.html", {1}}})}}) ==
        "a.tar: no CIFAR-10 batch (.bin) was found in it; a tar of pictures must be unpacked, one folder for "
        "each class");
  CHECK(problem({{"page", {'<', 'h', 't', 'm', 'l', '>'}}}) != "");
  CHECK(problem({{"data_batch_1.bin", good}, {"data_batch_1.bin", good}}).find("already read") !=
        std::string::npos);
  CHECK(problem({{"cifar.tar.gz", tests::gzip_stored(ByteVector(2000, 'x'))}}).find("not a tar archive") !=
        std::string::npos);
}

TEST_CASE("cifar10: batches with class names of their own use them, and the report says so") {
  const std::vector<std::string> letters{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  const File batch{"data_batch_1.bin", tests::cifar_batch({9, 0})},
      names{"batches.meta.txt", class_names(letters)};
  for (const std::vector<File>& files :
       {std::vector<File>{names, batch}, std::vector<File>{batch, names},
        std::vector<File>{{"mine.tar.gz", tests::gzip_stored(archive({batch, names}))}}}) {
    const auto data = load(files);
    if (!data) FAIL(data.error().message);
    CHECK(data->train.class_names == letters);
    CHECK(data->test.class_names == letters);
    CHECK(data->train.labels == ByteVector{9, 0});
  }
  const std::vector<std::string> two{"yes", "no"};
  const File few{"batches.meta.txt", class_names(two)};
  const auto data = load({few, {"data_batch_1.bin", tests::cifar_batch({1, 0})}});
  if (!data) FAIL(data.error().message);
  CHECK(data->train.class_names == two);
  CHECK(problem({few, batch}).find("label 9; labels here are 0 to 1") != std::string::npos);
  CHECK(problem({batch, few}).find("it names 2 classes; expected 10") != std::string::npos);
  cnn::Cifar10Options options;
  options.class_names = {"no", "yes"};
  CHECK(problem({few, {"data_batch_1.bin", tests::cifar_batch({1})}}, options)
            .find("class 0 is \"yes\"; expected \"no\"") != std::string::npos);
  cnn::Cifar10Loader loader;
  REQUIRE(loader.begin_file(names.first));
  REQUIRE(loader.write(names.second));
  REQUIRE(loader.end_file());
  CHECK(loader.notes() == std::vector<std::string>{"The 10 class names are those of batches.meta.txt."});
}

TEST_CASE("cifar10: the Python version's batches.meta names the classes") {
  ByteVector meta{0x80, 2, '}', 'q', 1, '(', 'U', 18};  // {"num_cases_per_batch": 1, "label_names": [...]}
  tests::append(meta, "num_cases_per_batcK");
  meta.push_back(1);
  tests::append(meta, "U\13label_names](");
  std::vector<std::string> letters;
  for (char letter = 'a'; letter <= 'j'; ++letter) {
    letters.emplace_back(1, letter);
    tests::append(meta, "U\1" + letters.back());
  }
  tests::append(meta, "eu.");
  const std::vector<File> files{{"data_batch_1", python_batch({3, 1, 4})}, {"batches.meta", meta}};
  for (const std::vector<File>& given :
       {files, std::vector<File>{{"cifar-10-python.tar.gz", tests::gzip_stored(archive(files))}}}) {
    const auto data = load(given);
    if (!data) FAIL(data.error().message);
    CHECK(data->train.class_names == letters);
  }
  CHECK(problem({{"batches.meta", python_batch({1})}}).find("no \"label_names\"") != std::string::npos);
  CHECK(problem({{"batches.meta", {0x80, 2, '('}}}).find("incomplete") != std::string::npos);
}

TEST_CASE("cifar10: a pickle of protocol 0 is not called an archive") {
  const std::string text = "(dp0\nS'data'\np1\n";
  const std::string said = problem({{"data_batch_1", ByteVector(text.begin(), text.end())}});
  CHECK(said.find("data_batch_1: this is a Python pickle of protocol 0") == 0);
  CHECK(said.find("encoding=\"bytes\"") != std::string::npos);
  CHECK(said.find("tar") == std::string::npos);
}

TEST_CASE("cifar10: custom pictures have 2 to 100 classes of any name") {
  cnn::Cifar10Options options;
  options.class_names = {"yes", "no"};
  const auto data = load({{"mine.bin", tests::cifar_batch({1, 0, 1})}}, 5000, options);
  REQUIRE(data);
  CHECK(data->train.class_names == options.class_names);
  CHECK(problem({{"mine.bin", tests::cifar_batch({2})}}, options).find("labels here are 0 to 1") !=
        std::string::npos);
  options.class_names = {"alone"};
  CHECK(problem({{"mine.bin", tests::cifar_batch({0})}}, options).find("a data set has 2 to 100 classes") !=
        std::string::npos);
}

TEST_CASE("cifar10: a file over the limit is refused") {
  cnn::Cifar10Options options;
  options.max_bytes = 4000;
  CHECK(problem({{"data_batch_1.bin", tests::cifar_batch({1, 2})}}, options)
            .find("the file has more than 4000 bytes, the limit") != std::string::npos);
  CHECK(problem({{"batches.meta.txt", ByteVector(70000, 'a')}}).find("too large for a list of class names") !=
        std::string::npos);
}

TEST_CASE("cifar10: a split given for a file overrides its name") {
  cnn::Cifar10Loader loader;
  REQUIRE(loader.begin_file("data_batch_1.bin", cnn::Split::test));
  REQUIRE(loader.write(tests::cifar_batch({1})));
  REQUIRE(loader.end_file());
  const auto data = loader.finish();
  REQUIRE(data);
  CHECK(data->test.size() == 1);
  CHECK(data->train.size() == 0);
}
