// The app and its runs: what a training records in them, and when a new one begins.
#include "tests/web/app/app_page.h"

using namespace playground;
using playground::test::kModel;
using playground::test::Ready;

TEST_SUITE_BEGIN("web/app_runs");

TEST_CASE("app: step and epoch events fill the current run") {
  Ready page;
  page.press("train");
  page.event("state", R"({"state":"training","epoch":1})");
  page.event(
      "step",
      R"({"epoch":1,"epochs":2,"step":20,"steps_per_epoch":40,"loss":2.1,"accuracy":0.2,"images_per_second":900,
    "eta_seconds":3,"global_step":20,"points":[[10,2.3,0.1],[20,2.1,0.2]]})");
  const Run& run = page.app.state().runs.back();
  REQUIRE(run.steps.points().size() == 2);
  CHECK(run.steps.points()[0].epoch == doctest::Approx(0.25));
  CHECK(run.steps.points()[1].epoch == doctest::Approx(0.5));
  page.event(
      "epoch",
      R"({"epoch":1,"loss":2,"accuracy":0.3,"val_loss":1.9,"val_accuracy":0.35,"seconds":2,"images_per_second":900})");
  REQUIRE(run.history.size() == 1);
  CHECK(run.history[0].val_accuracy == 0.35);
  page.frame();
}

TEST_CASE("app: training again continues the run with its optimizer; a new model begins a new run") {
  Ready page;
  page.event("trainer_ready", R"({"fit_fields":[{"name":"epochs","type":"int","default":10},
    {"name":"learning_rate","type":"float","default":0.001}]})");
  page.train();
  CHECK_FALSE(page.last("fit")->args.find("continue"));
  page.press("train");
  const Json on = page.last("fit")->args;
  CHECK(flag_in(on, "continue"));
  CHECK(number_in(on, "epochs") == 11);  // one is trained, ten more are requested
  CHECK(number_in(on, "learning_rate") ==
        0.001);  // sent, because a continued training keeps settings that are not sent
  page.event("run", R"({"epochs":11,"history":[{"epoch":1}],"global_step":40})");
  page.event(
      "step",
      R"({"epoch":2,"epochs":11,"step":10,"steps_per_epoch":40,"loss":1.5,"accuracy":0.4,"global_step":50,"points":[[50,1.5,0.4]]})");
  REQUIRE(page.app.state().runs.size() == 1);
  CHECK(page.app.state().training.epoch == 2);
  CHECK(page.app.state().runs[0].steps.points().back().step == 50);
  page.event("epoch", R"({"epoch":2,"loss":1.4,"accuracy":0.5})");
  CHECK(page.app.state().runs[0].history.back().epoch == 2);
  page.event("state", R"({"state":"ready","epoch":2})");
  page.reply("fit", R"({"history":[],"stopped":"finished"})");
  page.event("model", kModel);
  page.press("train");
  CHECK(page.app.state().runs.size() == 2);
}

TEST_CASE("app: only the last 64 runs are kept") {
  Ready page;
  for (int i = 0; i < 70; ++i) {
    page.event("model", kModel);
    page.event("run", R"({"epochs":1,"history":[],"global_step":0})");
    page.event("epoch", R"({"epoch":1,"loss":1.4,"accuracy":0.5})");
  }
  const std::vector<Run>& runs = page.app.state().runs;
  REQUIRE(runs.size() == 64);
  CHECK(runs.back().id == 70);
  CHECK(runs.front().id == 7);
}

TEST_CASE("app: if only the weights can be continued from, a new training begins, and its epochs count on") {
  Ready page;
  page.train();
  page.press("train");
  const int asked = page.last("fit")->id;
  page.refuse("fit", "optimizer/m is missing", "bad_model_file");
  REQUIRE(page.last("fit")->id != asked);
  CHECK_FALSE(page.last("fit")->args.find("continue"));
  CHECK_FALSE(page.app.state().notice);
  page.event("run", R"({"epochs":10,"history":[],"global_step":0})");
  page.event(
      "step",
      R"({"epoch":1,"epochs":10,"step":10,"steps_per_epoch":40,"loss":1.5,"accuracy":0.4,"global_step":10,"points":[[10,1.5,0.4]]})");
  CHECK(page.app.state().training.epoch == 2);
  CHECK(page.app.state().runs[0].steps.points().back().step == 50);
}

TEST_CASE("app: norms are added to the run's curves, layer by layer") {
  Ready page;
  page.press("train");
  for (const char* step : {"10", "20"})
    page.event("step",
               (std::string(R"({"epoch":1,"epochs":1,"steps_per_epoch":40,"loss":2,"accuracy":0.2,"step":)") +
                step + R"(,"global_step":)" + step + R"(,"points":[[)" + step +
                R"(,2,0.2]],"norms":[["conv2d",3,0.5],["dense",4,0.25]]})")
                   .c_str());
  const auto& norms = page.app.state().runs.back().norms;
  REQUIRE(norms.size() == 2);
  CHECK(norms[1].layer == "dense");
  REQUIRE(norms[1].gradient.size() == 2);
  CHECK((norms[1].gradient[1].x == 0.5 && norms[1].gradient[1].y == 0.25));
}

TEST_CASE("app: a trained network is offered until there is one; its weights predict at once") {
  Ready page;
  page.press("own/vgg_bn");
  REQUIRE(page.last("load_model"));
  page.event(
      "model",
      R"({"config":{"class_name":"Sequential","config":{"layers":[]}},"classes":2,"history":[{"epoch":1}],
    "summary":{"rows":[{"name":"dense","class_name":"Dense","output_shape":[2],"parameters":6146}],"total":6146}})");
  CHECK(page.app.state().trained);
  page.reply("load_model", "{}");
  CHECK_FALSE(page.app.state().notice->error);
  page.press("tab/matrix");
  page.event("state", R"({"state":"ready","epoch":1})");
  page.press("matrix/test");
  CHECK(page.last("evaluate"));
}

TEST_CASE("app: after a reset training starts from new weights, in a new run") {
  Ready page;
  page.train();
  CHECK(page.app.state().trained);
  page.press("reset");
  page.press("reset/yes");
  page.event("model", kModel);
  page.reply("build", kModel);
  CHECK_FALSE(page.app.state().trained);
  page.press("train");
  CHECK(page.app.state().runs.size() == 2);
}
