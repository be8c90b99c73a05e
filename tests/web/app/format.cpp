#include "web/app/state/format.h"

#include <cmath>
#include <limits>

#include "doctest/doctest.h"

using namespace playground;

TEST_SUITE_BEGIN("web/format");

TEST_CASE("format: an epoch is named only when one has ended") {
  CHECK(after_epoch(0).empty());
  CHECK(after_epoch(3) == " after epoch 3");
}

TEST_CASE("format: counts are grouped by thousands") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(896) == "896");
  CHECK(count_text(9248) == "9,248");
  CHECK(count_text(1060138) == "1,060,138");
  CHECK(count_text(-1234) == "\u22121,234");
}

TEST_CASE("format: large counts keep three digits and a unit") {
  CHECK(short_count(9248) == "9,248");
  CHECK(short_count(12000) == "12 k");
  CHECK(short_count(1060138) == "1.06 M");
  CHECK(short_count(2.5e9) == "2.5 G");
}

TEST_CASE("format: durations are minutes and seconds, with hours if there are any") {
  CHECK(duration_text(9) == "0:09");
  CHECK(duration_text(102) == "1:42");
  CHECK(duration_text(7510) == "2:05:10");
  CHECK(duration_text(-1) == "–");
  CHECK(duration_text(std::numeric_limits<double>::quiet_NaN()) == "–");
}

TEST_CASE("format: a loss that is not finite is reported as text") {
  CHECK(loss_text(1.41274) == "1.4127");
  CHECK(loss_text(12.345) == "12.35");
  CHECK(loss_text(std::numeric_limits<double>::quiet_NaN()) == "not a number");
  CHECK(loss_text(std::numeric_limits<double>::infinity()) == "infinite");
}

TEST_CASE("format: ticks have the digits that their step needs") {
  CHECK(tick_text(0.25, 0.25) == "0.25");
  CHECK(tick_text(0.5, 0.25) == "0.50");
  CHECK(tick_text(2, 1) == "2");
  CHECK(tick_text(0.2, 0.1) == "0.2");
  CHECK(tick_text(1e-20, 0.1) == "0");
  CHECK(tick_text(50000, 10000) == "50 k");
}

TEST_CASE("format: numbers as people write them") {
  CHECK(number_words(1e-4) == "10⁻⁴");
  CHECK(number_words(-2.5e12) == "−2.5 × 10¹²");
  CHECK(number_words(0.0021) == "0.0021");
  CHECK(number_words(2660) == "2,660");
  CHECK(number_words(5234, 2) == "5,200");
  CHECK(number_words(999.96) == "1,000");
  CHECK(number_words(-0.25) == "−0.25");
  CHECK(number_words(0) == "0");
  CHECK(number_words(0.5) == "0.5");
  CHECK(number_words(123456, 6) == "123,456");
  CHECK(number_words(std::numeric_limits<double>::infinity()) == "infinite");
  CHECK(loss_text(2.1e7) == "2.1 × 10⁷");
  CHECK(tick_text(1e-6, 1e-6) == "10⁻⁶");
  CHECK(place_text(0, 2) == "row 1, column 3");
}

TEST_CASE("format: short numbers have short exponents") {
  CHECK(short_number(1e-7) == "1e-7");
  CHECK(short_number(0.001) == "0.001");
  CHECK(short_number(2.5e12) == "2.5e12");
}

TEST_CASE("format: bytes and shares") {
  CHECK(bytes_text(640) == "640 B");
  CHECK(bytes_text(170498071) == "170 MB");
  CHECK(percent_text(0.6130) == "61.3 %");
}
