#include "web/app/state/series.h"

#include <algorithm>
#include <cmath>

#include "doctest/doctest.h"

using namespace playground;

TEST_SUITE_BEGIN("web/series");

TEST_CASE("series: a million steps fit, and a single spike is kept") {
  StepSeries series;
  for (int step = 1; step <= 1'000'000; ++step)
    series.add(step, step / 5000.0,
               step == 333'333 ? 50.0f : 1.0f + 0.1f * std::sin(static_cast<float>(step)), 0.5f);
  CHECK(series.points().size() < StepSeries::kRoom);
  CHECK(series.points().size() > StepSeries::kRoom / 4);
  const auto wild = std::find_if(series.points().begin(), series.points().end(),
                                 [](const CurvePoint& p) { return p.loss > 40; });
  REQUIRE(wild != series.points().end());
  CHECK(wild->step == 333'333);
  CHECK(std::is_sorted(series.points().begin(), series.points().end(),
                       [](const CurvePoint& a, const CurvePoint& b) { return a.step < b.step; }));
}

TEST_CASE("series: a step that arrives twice counts once") {
  StepSeries series;
  series.add(1, 0, 2, 0.1f);
  series.add(1, 0, 9, 0.9f);
  REQUIRE(series.points().size() == 1);
  CHECK(series.points()[0].loss == 2);
}

TEST_CASE("series: smoothing starts at the first value and follows a constant exactly") {
  StepSeries series;
  for (int step = 1; step < 50; ++step) series.add(step, step, 1.5f, 0.25f);
  for (const CurvePoint& p : series.points()) {
    CHECK(p.loss_smooth == doctest::Approx(1.5));
    CHECK(p.accuracy_smooth == doctest::Approx(0.25));
  }
}

TEST_CASE("series: a NaN loss does not affect the smoothed curve") {
  StepSeries series;
  series.add(1, 0, 1, 0.5f);
  series.add(2, 0, std::nanf(""), 0.5f);
  series.add(3, 0, 1, 0.5f);
  CHECK(series.points().back().loss_smooth == doctest::Approx(1));
}

TEST_CASE("decimate: every column keeps its smallest and largest value") {
  std::vector<Point> points;
  points.reserve(100'000);
  for (int i = 0; i < 100'000; ++i)
    points.push_back({static_cast<double>(i), std::sin(i * 0.7) * (i % 977 == 0 ? 10 : 1)});
  const std::vector<Point> kept = decimate(points, 0, 100'000, 200);
  CHECK(kept.size() <= 4 * 200 + 8);
  for (int column = 0; column < 200; ++column) {
    CAPTURE(column);
    const auto extremes = [column](const std::vector<Point>& from) {
      double low = 1e9, high = -1e9;
      for (const Point& p : from)
        if (std::floor(p.x / 500) == column) low = std::min(low, p.y), high = std::max(high, p.y);
      return std::pair(low, high);
    };
    CHECK(extremes(kept) == extremes(points));
  }
}

TEST_CASE("decimate: few points stay unchanged, with one beyond either end") {
  const std::vector<Point> points{{0, 0}, {1, 5}, {2, 1}, {3, 7}, {4, 2}};
  const std::vector<Point> kept = decimate(points, 1.5, 2.5, 100);
  REQUIRE(kept.size() == 3);
  CHECK(kept.front().x == 1);
  CHECK(kept.back().x == 3);
  CHECK(decimate({}, 0, 1, 10).empty());
}

TEST_CASE("decimate: a plot without room for a column is drawn, too") {
  const std::vector<Point> points{{0, 0}, {1, 5}, {2, 1}, {3, 7}, {4, 2}};
  for (const int columns : {0, -1, -50}) CHECK(decimate(points, 0, 4, columns).size() <= 4);
}
