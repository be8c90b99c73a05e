#include "core/training/schedules.h"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("core/schedules");

using doctest::Approx;

TEST_CASE("schedules: constant, with and without warm-up") {
  cnn::Constant s;
  CHECK(s.factor(0, 10) == 1);
  CHECK(s.factor(9.9, 10) == 1);
  s.warmup_epochs = 2;
  CHECK(s.factor(0, 10) == 0);
  CHECK(s.factor(0.5, 10) == Approx(0.25));
  CHECK(s.factor(2, 10) == 1);
}

TEST_CASE("schedules: steps count from the end of the warm-up") {
  cnn::StepDecay s;
  s.every = 3;
  s.drop = 0.5;
  CHECK(s.factor(2.99, 10) == 1);
  CHECK(s.factor(3, 10) == 0.5);
  CHECK(s.factor(6, 10) == 0.25);
  s.warmup_epochs = 1;
  CHECK(s.factor(3.5, 10) == 1);
  CHECK(s.factor(4, 10) == 0.5);
}

TEST_CASE("schedules: half a cosine from 1 down to alpha") {
  cnn::CosineDecay s;
  CHECK(s.factor(0, 8) == 1);
  CHECK(s.factor(2, 8) == Approx(0.8535533905932737));
  CHECK(s.factor(4, 8) == Approx(0.5));
  CHECK(s.factor(8, 8) == Approx(0));
  s.alpha = 0.2;
  CHECK(s.factor(4, 8) == Approx(0.6));
  CHECK(s.factor(9, 8) == Approx(0.2));  // never below, even past the end
  s.warmup_epochs = 2;
  CHECK(s.factor(1, 8) == Approx(0.5));
  CHECK(s.factor(5, 8) == Approx(0.6));
}

TEST_CASE("schedules: one cycle has the right ends and peak") {
  cnn::OneCycle s;
  CHECK(s.factor(0, 10) == Approx(1.0 / 25));
  CHECK(s.factor(1.5, 10) == Approx((1 + 1.0 / 25) / 2));
  CHECK(s.factor(3, 10) == Approx(1));
  CHECK(s.factor(6.5, 10) == Approx((1 + 4e-6) / 2));
  CHECK(s.factor(10, 10) == Approx(4e-6));
}

TEST_CASE("schedules: triangles rise and fall linearly") {
  cnn::Triangular s;
  s.cycle = 4;
  s.low = 0.2;
  CHECK(s.factor(0, 100) == Approx(0.2));
  CHECK(s.factor(1, 100) == Approx(0.6));
  CHECK(s.factor(2, 100) == Approx(1));
  CHECK(s.factor(3, 100) == Approx(0.6));
  CHECK(s.factor(4, 100) == Approx(0.2));
  CHECK(s.factor(6, 100) == Approx(1));
}

TEST_CASE("schedules: a linear cycle has the right ends and peak, with straight lines between") {
  cnn::LinearCycle s;  // 0.2 -> 1 at 23 % -> 0.07
  CHECK(s.factor(0, 10) == Approx(0.2));
  CHECK(s.factor(1.15, 10) == Approx(0.6));
  CHECK(s.factor(2.3, 10) == Approx(1));
  CHECK(s.factor(6.15, 10) == Approx((1 + 0.07) / 2));
  CHECK(s.factor(10, 10) == Approx(0.07));
  CHECK(s.factor(11, 10) == Approx(0.07));
  CHECK(s.factor(2.277, 9.9) == Approx(1));
}
