#include "core/datasets/samples.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/datasets/md5.h"

TEST_SUITE_BEGIN("datasets/samples");

namespace {
std::string md5(const cnn::Dataset& data) {
  cnn::Md5 digest;
  digest.write(data.labels);
  digest.write(data.images);
  return digest.finish();
}
}  // namespace

TEST_CASE("samples: the same seed gives the same bytes on every machine") {
  const auto data = cnn::draw_samples({.seed = 1, .train = 100, .test = 50});
  CHECK(md5(data.train) == "e218717d8afdfc16ae5fcbf549f83795");
  CHECK(md5(data.test) == "711248ff49efbff2ad35462fe76f031a");
}

TEST_CASE("samples: a set is the beginning of a larger one, other seeds and the test set differ") {
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
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < data.train.size(); ++i) {
    const auto [low, high] = std::minmax_element(data.train.image(i), data.train.image(i) + cnn::kImageBytes);
    CHECK(*high - *low > 40);
    cnn::Md5 digest;
    digest.write({data.train.image(i), cnn::kImageBytes});
    digests.push_back(digest.finish());
  }
  std::sort(digests.begin(), digests.end());
  CHECK(std::adjacent_find(digests.begin(), digests.end()) == digests.end());
}
