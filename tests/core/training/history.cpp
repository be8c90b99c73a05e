#include "core/training/history.h"

#include <doctest/doctest.h>

#include <vector>

TEST_SUITE_BEGIN("core/history");

TEST_CASE("history: a row survives JSON, with and without validation") {
  cnn::HistoryRow row{2, 1.25, 0.5, {}, {}, 0.001, 12.5, 800, {}};
  CHECK(
      cnn::to_json(row).dump() ==
      R"({"epoch":2,"loss":1.25,"accuracy":0.5,"learning_rate":0.001,"seconds":12.5,"images_per_second":800})");
  CHECK((*cnn::history_row_from_json(cnn::to_json(row)) == row));
  row.val_loss = 1.5;
  row.val_accuracy = 0.25;
  row.tta_accuracy = 0.3;
  CHECK((*cnn::history_row_from_json(cnn::to_json(row)) == row));
  CHECK(!cnn::history_row_from_json(cnn::Json::object()));
  CHECK(!cnn::history_row_from_json(cnn::Json(5)));
}

TEST_CASE("history: CSV has a header line, and empty cells for numbers not measured") {
  const std::vector<cnn::HistoryRow> rows{{1, 1.5, 0.25, 1.25, 0.5, 0.001, 10, 500, {}},
                                          {2, 1, 0.5, {}, {}, 0.001, 8, 600, 0.75}};
  CHECK(cnn::to_csv(rows) ==
        "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds,images_per_second,tta_accuracy\n"
        "1,1.5,0.25,1.25,0.5,0.001,10,500,\n"
        "2,1,0.5,,,0.001,8,600,0.75\n");
}
