#include "core/base/half.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using cnn::from_half;
using cnn::to_half;

TEST_SUITE_BEGIN("core/half");

TEST_CASE("half: every value survives the conversion to float and back") {
  int wrong = 0;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const float value = from_half(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) {
      wrong += !std::isnan(from_half(to_half(value)));
    } else {
      wrong += to_half(value) != bits;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("half: rounds to the nearest value, and ties to even") {
  int wrong = 0;
  for (unsigned bits = 0; bits < 0x7bff; ++bits) {
    const auto lower = static_cast<std::uint16_t>(bits), upper = static_cast<std::uint16_t>(bits + 1);
    const float middle =
        (from_half(lower) + from_half(upper)) / 2;  // exact: it needs one bit more than a half has
    wrong += to_half(middle) != (bits % 2 == 0 ? lower : upper);
    wrong += to_half(std::nextafter(middle, 0.0f)) != lower;
    wrong += to_half(std::nextafter(middle, 1e9f)) != upper;
    wrong += to_half(-middle) != (to_half(middle) | 0x8000);
  }
  CHECK(wrong == 0);
}

TEST_CASE("half: known values") {
  CHECK(to_half(1.0f) == 0x3c00);
  CHECK(to_half(-2.0f) == 0xc000);
  CHECK(to_half(65504.0f) == 0x7bff);
  CHECK(to_half(65519.0f) == 0x7bff);
  CHECK(to_half(65520.0f) == 0x7c00);
  CHECK(to_half(0x1p-24f) == 1);
  CHECK(to_half(0x1p-25f) == 0);
  CHECK(to_half(0x1.8p-25f) == 1);
  CHECK(to_half(std::numeric_limits<float>::denorm_min()) == 0);
  CHECK(to_half(std::numeric_limits<float>::max()) == 0x7c00);
  CHECK(to_half(-std::numeric_limits<float>::infinity()) == 0xfc00);
  CHECK(to_half(-0.0f) == 0x8000);
  CHECK(std::isnan(from_half(to_half(std::numeric_limits<float>::quiet_NaN()))));
  CHECK(cnn::from_bfloat16(0x3f80) == 1.0f);
  CHECK(cnn::from_bfloat16(0xc049) == -3.140625f);
}
