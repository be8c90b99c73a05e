#include "web/app/controls/exports.h"

#include <cmath>

#include "doctest/doctest.h"
#include "web/app/controls/plot.h"
#include "web/app/panels/run_settings.h"
#include "web/app/state/kept_run.h"
#include "web/app/state/messages.h"

using namespace playground;

TEST_SUITE_BEGIN("web/exports");

TEST_CASE("exports: the history is a table with the names of Keras, empty without validation") {
  Run run;
  HistoryRow first, second;
  first.epoch = 1;
  first.loss = 1.5;
  first.accuracy = 0.5;
  first.val_loss = 1.25;
  first.val_accuracy = 0.5;
  second.epoch = 2;
  second.loss = std::nan("");
  run.history = {first, second};
  CHECK(history_csv(run) ==
        "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds,images_per_second\n"
        "1,1.5,0.5,1.25,0.5,0,0,0\n2,,0,,,0,0,0\n");
  CHECK(cnn::parse_json(run_json(run)));
}

TEST_CASE("exports: norms are a table with two columns per layer, and in the run's JSON") {
  Run run;
  run.norms = {{"conv2d", {{0.5, 2}, {1, 3}}, {{0.5, 0.25}, {1, 0.125}}},
               {"dense", {{0.5, 4}, {1, 5}}, {{0.5, 1}, {1, 2}}}};
  CHECK(norms_csv(run) ==
        "epoch,conv2d weights,conv2d gradient,dense weights,dense gradient\n0.5,2,0.25,4,1\n1,3,0.125,5,2\n");
  const auto json = cnn::parse_json(run_json(run));
  REQUIRE(json);
  CHECK(json->find("norms")->find("dense")->find("gradient")->dump() == "[[0.5,1],[1,2]]");
}

TEST_CASE("exports: a saved run and a kept one have the same columns, those that are finite") {
  Run run;
  run.name = "Run 1";
  run.history = {{.epoch = 1, .at = 1, .loss = NAN, .accuracy = 0.25, .seconds = 3, .val_accuracy = 0.5}};
  const auto saved = cnn::parse_json(run_json(run)), kept = cnn::parse_json(kept_text(run));
  REQUIRE((saved && kept));
  Json row = list_in(*kept, "history")[0];
  CHECK(number_in(row, "at") == 1);
  row.erase("at");  // where the epoch ends in the curves
  CHECK(list_in(*saved, "history")[0] == row);
  CHECK(row.find("loss") == nullptr);
  CHECK(number_in(row, "val_accuracy") == 0.5);
}

TEST_CASE("exports: class names with commas and quotes stay one cell") {
  Evaluation e;
  e.classes = 2;
  e.confusion = {3, 1, 0, 4};
  CHECK(matrix_csv(e, {"a,b", "say \"c\""}) ==
        "true \\ predicted,\"a,b\",\"say \"\"c\"\"\"\n\"a,b\",3,1\n\"say \"\"c\"\"\",0,4\n");
}

TEST_CASE("exports: drawings escape the special characters of XML") {
  CHECK(escaped("a<b & \"c\"") == "a&lt;b &amp; &quot;c&quot;");
  Evaluation e;
  e.classes = 1;
  e.confusion = {1};
  CHECK(matrix_svg(e, {"<script>"}, 0).find("<script>") == std::string::npos);
  const PlotLine lines[] = {{"a<b", IM_COL32(0, 114, 178, 255), {{0, 1}, {1, NAN}, {2, 3}}, false, true}};
  PlotSpec spec;
  spec.x_last = 2;
  const std::string svg = plot_svg(spec, {}, lines, 400, 300);
  CHECK(svg.find("a&lt;b") != std::string::npos);
  CHECK(svg.find("#0072b2") != std::string::npos);
  CHECK(svg.find("nan") == std::string::npos);
}

TEST_CASE("exports: file names contain letters, digits and single dashes") {
  CHECK(file_name("Run 2, wider!") == "run-2-wider");
  CHECK(file_name("../../etc") == "etc");
  CHECK(file_name("***") == "playground");
}

TEST_CASE("runs: of each, the settings that are not the same in all") {
  Catalog catalog;
  Field batch;
  batch.name = "batch_size";
  batch.type = "int";
  batch.standard = 10;
  Field optimizer;
  optimizer.name = "optimizer";
  optimizer.type = "choice";
  optimizer.standard = "Adam";
  catalog.fit_fields = {batch, optimizer};
  const auto with_units = [](int units) {
    return *cnn::parse_json(
        R"({"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"name":"dense","units":)" +
        std::to_string(units) + "}}]}}");
  };
  std::vector<Run> runs(3);
  runs[0].config = with_units(128);
  runs[1].config = runs[2].config = with_units(64);
  runs[1].fit["batch_size"] = 32;
  runs[2].fit["optimizer"] = *cnn::parse_json(R"({"class_name":"SGD","config":{"momentum":0.9}})");
  const std::vector<std::string> texts = settings_that_differ(runs, catalog);
  REQUIRE(texts.size() == 3);
  CHECK(texts[0] == "batch size 10, optimizer Adam, dense units 128");
  CHECK(texts[1] == "batch size 32, optimizer Adam, dense units 64");
  CHECK(texts[2] == "batch size 10, optimizer SGD (momentum 0.9), dense units 64");
  CHECK(settings_that_differ({runs[0], runs[0]}, catalog) == std::vector<std::string>{"", ""});
  runs[1].history.push_back(
      {.epoch = 1, .at = 1, .loss = 2, .accuracy = 0.25, .seconds = 3, .val_accuracy = 0.5});
  runs[1].name = "wide, \"deep\"";
  const std::string csv = runs_csv(runs, texts);
  CHECK(csv.find("\"wide, \"\"deep\"\"\",\"batch size 32, optimizer Adam, dense units "
                 "64\",,0,1,3,2,0.25,,0.5,0.5\n") != csv.npos);
}
