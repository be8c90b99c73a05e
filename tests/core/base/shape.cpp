#include "core/base/shape.h"

#include <doctest/doctest.h>

#include <limits>

TEST_SUITE_BEGIN("core/shape");

TEST_CASE("shape: count saturates instead of overflowing") {
  CHECK(cnn::count({32, 32, 3}) == 3072);
  CHECK(cnn::count({}) == 1);
  CHECK(cnn::count({4, 0}) == 0);
  CHECK(cnn::count({4, -1}) == 0);
  constexpr int big = std::numeric_limits<int>::max();
  CHECK(cnn::count({big, big, big, big}) == std::numeric_limits<std::size_t>::max());
}

TEST_CASE("shape: text is a Python tuple") {
  CHECK(cnn::to_string(cnn::Shape{32, 32, 3}) == "(32, 32, 3)");
  CHECK(cnn::to_string(cnn::Shape{128}) == "(128,)");
  CHECK(cnn::to_string(cnn::Size2{3, 2}) == "3x2");
}

struct Case {
  const char* why;
  int size, window, stride;
  cnn::Padding padding;
  int count, pad_before;
};
constexpr Case kCases[] = {
    {"the tutorial's convolution keeps the size", 32, 3, 1, cnn::Padding::same, 32, 1},
    {"the tutorial's pooling halves it", 32, 2, 2, cnn::Padding::valid, 16, 0},
    {"an incomplete border is dropped", 5, 2, 2, cnn::Padding::valid, 2, 0},
    {"the same border is padded", 5, 2, 2, cnn::Padding::same, 3, 0},
    {"an odd pad goes below", 32, 3, 2, cnn::Padding::same, 16, 0},
    {"an even window pads less before", 5, 4, 1, cnn::Padding::same, 5, 1},
    {"steps larger than the window leave gaps", 7, 1, 3, cnn::Padding::same, 3, 0},
    {"a border of one on each side", 32, 3, 2, {false, 1, 1, 0, 0}, 16, 1},
    {"two sides that differ", 7, 3, 2, {false, 0, 2, 0, 0}, 4, 0},
    {"a window larger than the input does not fit", 2, 3, 1, cnn::Padding::valid, 0, 0},
};

TEST_CASE("shape: positions of a sliding window") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const cnn::Window window = cnn::slide(c.size, c.window, c.stride, c.padding.rows());
    CHECK(window.count == c.count);
    CHECK(window.pad_before == c.pad_before);
  }
}

TEST_SUITE_END();
