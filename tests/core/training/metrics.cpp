#include "core/training/metrics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("core/metrics");

namespace {
cnn::ConfusionMatrix matrix(const std::vector<std::vector<int>>& rows) {
  cnn::ConfusionMatrix m(static_cast<int>(rows.size()));
  for (std::size_t a = 0; a < rows.size(); ++a) {
    for (std::size_t p = 0; p < rows.size(); ++p) {
      for (int i = 0; i < rows[a][p]; ++i) m.add(static_cast<int>(a), static_cast<int>(p));
    }
  }
  return m;
}
void check(const cnn::ClassScore& score, double precision, double recall, double f1, double support) {
  CHECK(score.precision == doctest::Approx(precision));
  CHECK(score.recall == doctest::Approx(recall));
  CHECK(score.f1 == doctest::Approx(f1));
  CHECK(score.support == support);
}
}  // namespace

TEST_CASE("metrics: precision, recall, F1 and averages computed by hand") {
  const auto m = matrix({{5, 1, 0}, {2, 3, 1}, {0, 0, 4}});
  CHECK(m.total() == 16);
  CHECK(m.correct() == 12);
  CHECK(m.accuracy() == doctest::Approx(0.75));
  CHECK(m.actual(1) == 6);
  CHECK(m.predicted(1) == 4);
  check(cnn::class_score(m, 0), 5.0 / 7, 5.0 / 6, 10.0 / 13, 6);
  check(cnn::class_score(m, 1), 3.0 / 4, 3.0 / 6, 6.0 / 10, 6);
  check(cnn::class_score(m, 2), 4.0 / 5, 1, 8.0 / 9, 4);
  check(cnn::macro_average(m), (5.0 / 7 + 0.75 + 0.8) / 3, (5.0 / 6 + 0.5 + 1) / 3,
        (10.0 / 13 + 0.6 + 8.0 / 9) / 3, 16);
  check(cnn::weighted_average(m), (6 * 5.0 / 7 + 6 * 0.75 + 4 * 0.8) / 16, 0.75,
        (6 * 10.0 / 13 + 6 * 0.6 + 4 * 8.0 / 9) / 16, 16);
}

TEST_CASE("metrics: a ratio with denominator 0 is 0, as in scikit-learn with zero_division=0") {
  const auto m = matrix({{3, 0, 0}, {2, 0, 0}, {0, 0, 0}});
  check(cnn::class_score(m, 1), 0, 0, 0, 2);  // never predicted
  check(cnn::class_score(m, 2), 0, 0, 0, 0);  // neither present nor predicted
  check(cnn::macro_average(m), 0.6 / 3, 1.0 / 3, 0.75 / 3, 5);
  const cnn::ConfusionMatrix empty(2);
  CHECK(empty.accuracy() == 0);
  check(cnn::weighted_average(empty), 0, 0, 0, 0);
}

TEST_CASE("metrics: argmax takes the first of equals and never NaN") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float equal[] = {1, 3, 3, 2}, first_nan[] = {nan, 1, 2}, last_nan[] = {1, 2, nan},
              all_nan[] = {nan, nan};
  CHECK(cnn::argmax(equal, 4) == 1);
  CHECK(cnn::argmax(first_nan, 3) == 2);
  CHECK(cnn::argmax(last_nan, 3) == 1);
  CHECK(cnn::argmax(all_nan, 2) >= 0);
}

TEST_CASE("metrics: top k counts classes that score higher; ties count as correct") {
  const float scores[] = {0.1f, 0.4f, 0.3f, 0.2f}, equal[] = {1, 1, 1, 1};
  CHECK(cnn::in_top_k(scores, 4, 1, 1));
  CHECK(!cnn::in_top_k(scores, 4, 3, 2));
  CHECK(cnn::in_top_k(scores, 4, 3, 3));
  CHECK(!cnn::in_top_k(scores, 4, 0, 3));
  CHECK(cnn::in_top_k(equal, 4, 3, 1));
  const float nan[] = {1, std::nanf("")};
  CHECK(!cnn::in_top_k(nan, 2, 1, 2));
}

TEST_CASE("metrics: as JSON and as text") {
  cnn::Evaluation evaluation;
  evaluation.loss = 0.5;
  evaluation.accuracy = 0.75;
  evaluation.top_accuracy = 1;
  evaluation.matrix = matrix({{2, 1}, {0, 1}});
  CHECK(cnn::to_json(evaluation, {"cat", "dog"}).dump() ==
        R"({"loss":0.5,"accuracy":0.75,"top_3_accuracy":1,"confusion_matrix":[[2,1],[0,1]],)"
        R"("per_class":[{"name":"cat","precision":1,"recall":0.6666666666666666,"f1":0.8,"support":3},)"
        R"({"name":"dog","precision":0.5,"recall":1,"f1":0.6666666666666666,"support":1}],)"
        R"("macro":{"precision":0.75,"recall":0.8333333333333333,"f1":0.7333333333333334,"support":4},)"
        R"("weighted":{"precision":0.875,"recall":0.75,"f1":0.7666666666666667,"support":4}})");
  const std::string text = cnn::to_text(evaluation, {"cat", "dog"});
  CHECK(text.find("         cat    1.0000    0.6667    0.8000         3\n") != std::string::npos);
  CHECK(text.find("         dog     0     1\n") != std::string::npos);
}
