#include "core/training/epoch_sums.h"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("core/epoch_sums");

TEST_CASE("epoch sums: means are over pictures, so that a smaller last batch counts less") {
  cnn::EpochSums sums;
  sums.add_batch(30, 2.0, 15);
  sums.add_batch(10, 1.0, 9);
  CHECK(sums.steps == 2);
  CHECK(sums.images == 40);
  CHECK(sums.mean_loss() == 1.75);
  CHECK(sums.accuracy() == 0.6);
}

TEST_CASE("epoch sums: the training speed does not count validation") {
  cnn::EpochSums sums;
  sums.add_batch(40, 1.0, 0);
  sums.seconds = 10;
  sums.train_seconds = 8;
  CHECK(sums.images_per_second() == 5);
}
