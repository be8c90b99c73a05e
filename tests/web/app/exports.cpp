#include "web/app/controls/exports.h"

#include <cmath>

#include "doctest/doctest.h"
#include "web/app/controls/plot.h"
#include "web/app/panels/runs.h"

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

TEST_CASE("runs: differences between two runs are listed by setting") {
  Catalog catalog;
  Field batch;
  batch.name = "batch_size";
  batch.type = "int";
  batch.standard = 10;
  catalog.fit_fields.push_back(batch);
  Run a, b;
  const char* config =
      R"({"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"name":"dense","units":UNITS}}]}})";
  const auto with_units = [&](const char* units) {
    std::string text = config;
    text.replace(text.find("UNITS"), 5, units);
    return *cnn::parse_json(text);
  };
  a.config = with_units("128");
  b.config = with_units("64");
  b.fit["batch_size"] = 32;
  const std::vector<std::string> words = differences(a, b, catalog);
  REQUIRE(words.size() == 2);
  CHECK(words[0] == "dense: units 64 instead of 128");
  CHECK(words[1] == "batch size 32 instead of 10");
  CHECK(differences(a, a, catalog).empty());
}
