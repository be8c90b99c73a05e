#include "core/datasets/dataset.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

TEST_SUITE_BEGIN("datasets/dataset");

TEST_CASE("dataset: decoded pictures are stored and copied back pixel for pixel") {
  cnn::Dataset data;
  data.class_names = {"a", "b"};
  std::vector<std::uint8_t> pictures(2 * cnn::kImageBytes);
  for (std::size_t i = 0; i < pictures.size(); ++i) pictures[i] = static_cast<std::uint8_t>(i * 7 % 251);
  const std::uint8_t labels[] = {1, 0};
  REQUIRE(cnn::append_pictures(data, pictures, labels));
  CHECK(data.size() == 2);
  CHECK(data.image(1)[1024 + 5] == pictures[cnn::kImageBytes + 5 * 3 + 1]);  // green of the sixth pixel
  std::vector<std::uint8_t> back(cnn::kImageBytes);
  cnn::copy_picture(data, 1, back.data());
  CHECK(std::equal(back.begin(), back.end(), pictures.begin() + cnn::kImageBytes));
}

TEST_CASE("dataset: pictures that do not fit are refused and leave the data unchanged") {
  cnn::Dataset data;
  data.class_names = {"a", "b"};
  const std::vector<std::uint8_t> pictures(cnn::kImageBytes);
  const std::uint8_t good[] = {0, 1}, bad[] = {2};
  const auto wrong_size = cnn::append_pictures(data, pictures, good);
  REQUIRE(!wrong_size);
  CHECK(wrong_size.error().message == "pictures: 3072 bytes for 2 labels; a picture has 32 x 32 x 3 = 3072");
  const auto wrong_label = cnn::append_pictures(data, pictures, bad);
  REQUIRE(!wrong_label);
  CHECK(wrong_label.error().message == "labels: picture 0 has label 2; there are 2 classes");
  CHECK(data.size() == 0);
  CHECK(data.images.empty());
}

TEST_CASE("dataset: statistics of a set computed by hand") {
  cnn::Dataset data;
  data.class_names = {"a", "b", "c"};
  data.labels = {2, 0, 2, 2};
  data.images.assign(4 * cnn::kImageBytes, 0);
  for (std::size_t i = 0; i < 2 * cnn::kImageBytes; ++i) data.images[i] = 255;  // two white, two black
  const auto s = cnn::statistics(data);
  CHECK(s.per_class == std::vector<std::size_t>{1, 0, 3});
  for (int c = 0; c < 3; ++c) {
    CHECK(s.mean[c] == doctest::Approx(0.5));
    CHECK(s.deviation[c] == doctest::Approx(0.5));
  }
  CHECK(cnn::statistics(cnn::Dataset{}).per_class.empty());
}
