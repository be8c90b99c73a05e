#include "core/base/names.h"

#include <doctest/doctest.h>

#include "core/base/count.h"

namespace cnn::test {
namespace {

TEST_SUITE_BEGIN("base/names");

TEST_CASE("names: layers are named as in Keras") {
  CHECK(snake_case("Conv2D") == "conv2d");
  CHECK(snake_case("MaxPooling2D") == "max_pooling2d");
  CHECK(snake_case("GlobalAveragePooling2D") == "global_average_pooling2d");
  CHECK(snake_case("ReLU") == "re_lu");
  CHECK(snake_case("LeakyReLU") == "leaky_re_lu");
}

TEST_CASE("names: a file's name is what follows its folders, on Windows too") {
  CHECK(file_name("cifar-10/data_batch_1.bin") == "data_batch_1.bin");
  CHECK(file_name("C:\\models\\model.json") == "model.json");
  CHECK(file_name("model.json") == "model.json");
  CHECK(file_name("folder/").empty());
}

TEST_CASE("count: a comma before every three digits from the right") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(896) == "896");
  CHECK(count_text(1060138) == "1,060,138");
  CHECK(with_commas("123456") == "123,456");
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
