#include "core/formats/safetensors.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>

using cnn::read_safetensors;
using cnn::Safetensors;

TEST_SUITE_BEGIN("formats/safetensors");

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes file_of(std::string header, std::size_t data_bytes = 0) {
  Bytes file;
  for (std::size_t i = 0; i < 8; ++i) {
    file.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * i)));
  }
  file.insert(file.end(), header.begin(), header.end());
  file.resize(file.size() + data_bytes);
  return file;
}

std::string problem(const Bytes& file) {
  const auto read = read_safetensors(file);
  if (read) return "";
  CHECK(read.error().code == "bad_model_file");
  return read.error().message;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("safetensors: what is written reads back, bit for bit") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> kernel{1, -2, 3.5f, nan, 1e-42f, std::numeric_limits<float>::infinity()},
      bias{0.1f};
  Safetensors content;
  content.metadata = {{"class_names", R"(["a \"cat\"", "dög"])"}, {"empty", ""}};
  content.tensors = {cnn::view_of("conv2d/kernel", {1, 2, 3}, kernel), cnn::view_of("none", {4, 0}, {}),
                     cnn::view_of("bias", {1}, bias)};
  const Bytes file = cnn::write_safetensors(content);
  const auto read = read_safetensors(file);
  REQUIRE(read);
  CHECK(read->metadata == content.metadata);
  REQUIRE(read->tensors.size() == 3);
  const cnn::TensorView* found = read->find("conv2d/kernel");
  REQUIRE(found);
  CHECK(found->shape == std::vector<std::int64_t>{1, 2, 3});
  std::vector<float> values(6);
  cnn::copy_floats(*found, values);
  CHECK(std::memcmp(values.data(), kernel.data(), 24) == 0);
  CHECK(read->find("none")->bytes.empty());
  CHECK(read->find("kernel") == nullptr);
  CHECK(*read->text("empty") == "");
  CHECK(cnn::write_safetensors(*read) == file);
  CHECK((found->bytes.data() - file.data()) % 8 == 0);
}

TEST_CASE("safetensors: half precision rounds once") {
  const std::vector<float> values{1.0f, 1.0009765625f, 1.0004f, -70000.0f};
  Safetensors content;
  content.tensors = {cnn::view_of("w", {4}, values)};
  const Bytes file = cnn::write_safetensors(content, cnn::NumberType::float16);
  const auto read = read_safetensors(file);
  REQUIRE(read);
  CHECK(read->tensors[0].type == cnn::NumberType::float16);
  std::vector<float> out(4);
  cnn::copy_floats(read->tensors[0], out);
  CHECK(out[1] == 1.0009765625f);
  CHECK(out[2] == 1.0f);
  CHECK(out[3] == -std::numeric_limits<float>::infinity());
  CHECK(cnn::write_safetensors(*read, cnn::NumberType::float16) == file);
}

struct Broken {
  const char* why;
  const char* header;
  std::size_t data;
  const char* says;
};
constexpr Broken kBroken[] = {
    {"no JSON", "weights", 0, "cannot be read"},
    {"no object", "[]", 0, "expected an object"},
    {"nested too deep", R"({"a":{"shape":[[[[1]]]]}})", 0, "nested deeper"},
    {"nested metadata", R"({"__metadata__":{"a":{"b":"c"}}})", 0, "expected text"},
    {"metadata as a list", R"({"__metadata__":["a"]})", 0, "expected an object of texts"},
    {"an entry that is no object", R"({"w":3})", 0, "\"w\": its dtype is missing"},
    {"no shape", R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", 4, "its shape is missing"},
    {"a type not known", R"({"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})", 8, "F64"},
    {"the name twice", R"({"w":1,"w":2})", 0, "appears twice"},
    {"offsets outside", R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 4, "cut off"},
    {"offsets backwards", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})", 8,
     "not a valid range"},
    {"negative offset", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}})", 8, "not a valid range"},
    {"one offset", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", 8, "begin and end"},
    {"offsets of 2^64", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}})", 4,
     "not a valid range"},
    {"a broken size", R"({"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4, "1.5"},
    {"2^63 elements", R"({"w":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}})", 4,
     "not a valid size"},
    {"a product of 2^64", R"({"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
     "does not match"},
    {"2^32 bytes on 32 bits", R"({"w":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,0]}})", 0,
     "does not match"},
    {"shape against offsets", R"({"w":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}})", 8,
     "does not match"},
    {"data of nobody", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 8, "belong to no array"},
    {"a hole",
     R"({"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
     12, "leaves a gap"},
    {"an overlap",
     R"({"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
     12, "overlaps"},
};

TEST_CASE("safetensors: a malformed file is refused with a sentence") {
  for (const Broken& c : kBroken) {
    CAPTURE(c.why);
    const std::string message = problem(file_of(c.header, c.data));
    CAPTURE(message);
    CHECK(contains(message, c.says));
  }
}

TEST_CASE("safetensors: wrong header lengths are refused") {
  CHECK(contains(problem({}), "cut off"));
  CHECK(contains(problem({1, 0, 0}), "cut off"));
  CHECK(contains(problem({3, 0, 0, 0, 0, 0, 0, 0, '{', '}'}), "cut off"));
  CHECK(contains(problem(Bytes(16, 0xff)), "18446744073709551615"));
}

TEST_CASE("safetensors: a file cut off anywhere is refused") {
  const std::vector<float> values(7, 1.0f);
  Safetensors content;
  content.metadata = {{"k", "v"}};
  content.tensors = {cnn::view_of("a", {3}, std::span(values).first(3)),
                     cnn::view_of("b", {4}, std::span(values).last(4))};
  const Bytes file = cnn::write_safetensors(content);
  for (std::size_t size = 0; size < file.size(); ++size) {
    CHECK_FALSE(problem(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size))).empty());
  }
}
