#include "core/datasets/samples.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/archives/crc32.h"

TEST_SUITE_BEGIN("datasets/samples");

namespace {
std::uint32_t checksum(const cnn::Dataset& data) {
  return cnn::crc32(cnn::crc32(0, data.labels), data.images);
}
}  // namespace

TEST_CASE("samples: the same seed gives the same bytes on every machine") {
  const auto data = cnn::draw_samples({.seed = 1, .train = 100, .test = 50});
  CHECK(checksum(data.train) == 0x402BD507u);
  CHECK(checksum(data.test) == 0xE711176Du);
}

TEST_CASE("samples: a smaller set is the beginning of a larger one; other seeds and the test set differ") {
  const auto small = cnn::draw_samples({.seed = 3, .train = 20, .test = 20});
  const auto large = cnn::draw_samples({.seed = 3, .train = 30, .test = 0});
  const auto other = cnn::draw_samples({.seed = 4, .train = 20, .test = 0});
  CHECK(std::equal(small.train.images.begin(), small.train.images.end(), large.train.images.begin()));
  CHECK(small.train.images != other.train.images);
  CHECK(small.train.images != small.test.images);
  CHECK(large.test.size() == 0);
}

TEST_CASE("samples: classes are named, balanced and marked as synthetic") {
  const auto data = cnn::draw_samples({.seed = 2, .train = 100, .test = 10});
  CHECK(data.train.synthetic);
  CHECK(data.test.synthetic);
  CHECK(data.train.class_names == cnn::cifar10_class_names());
  for (const std::size_t n : cnn::statistics(data.train).per_class) CHECK(n == 10);
  CHECK(!std::is_sorted(data.train.labels.begin(), data.train.labels.begin() + 10));
}

TEST_CASE("samples: every picture has contrast and differs from every other") {
  const auto data = cnn::draw_samples({.seed = 5, .train = 200, .test = 0});
  std::vector<std::uint32_t> checksums;
  for (std::size_t i = 0; i < data.train.size(); ++i) {
    const auto [low, high] = std::minmax_element(data.train.image(i), data.train.image(i) + cnn::kImageBytes);
    CHECK(*high - *low > 40);
    checksums.push_back(cnn::crc32(0, {data.train.image(i), cnn::kImageBytes}));
  }
  std::sort(checksums.begin(), checksums.end());
  CHECK(std::adjacent_find(checksums.begin(), checksums.end()) == checksums.end());
}
