// The app and its runs: what a training records in them, and when a new one begins.
#include <cmath>

#include "tests/web/app/app_page.h"
#include "web/app/state/kept_run.h"

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
  CHECK(number_in(on, "epochs") == 11);   // one is trained, ten more are requested
  CHECK_FALSE(on.find("learning_rate"));  // a callback may have lowered it
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
  CHECK(page.app.state().runs.size() == 1);  // it may be refused
  page.event("run", R"({"epochs":10,"history":[],"global_step":0})");
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

TEST_CASE(
    "app: if only the weights can be continued from, a new training begins, and the epoch count continues") {
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
  page.event("run", R"({"epochs":10,"history":[],"global_step":0})");
  CHECK(page.app.state().runs.size() == 2);
}

TEST_CASE(
    "app: a continued training gets every setting, and the learning rate only if the user has changed it") {
  Ready page;
  page.event("trainer_ready", R"({"fit_fields":[{"name":"epochs","type":"int","default":10},
    {"name":"batch_size","type":"int","default":32},{"name":"learning_rate","type":"float","default":null}]})");
  page.train();
  page.app.ui().training.fit["learning_rate"] = 0.02;
  page.press("train");
  CHECK(number_in(page.last("fit")->args, "learning_rate") == 0.02);
  CHECK(number_in(page.last("fit")->args, "batch_size") ==
        32);  // sent: what is left out keeps its former value
  page.event("state", R"({"state":"ready","epoch":2})");
  page.reply("fit", R"({"history":[],"stopped":"finished"})");
  page.press("train");
  CHECK_FALSE(page.last("fit")->args.find("learning_rate"));
  page.event("state", R"({"state":"ready","epoch":3})");
  page.reply("fit", R"({"history":[],"stopped":"finished"})");
  page.app.ui().training.fit.erase("learning_rate");
  page.press("train");
  REQUIRE(page.last("fit")->args.find("learning_rate"));  // back to the optimizer's
  CHECK(page.last("fit")->args.find("learning_rate")->is_null());
}

namespace {

constexpr char kForms[] = R"({"fit_fields":[{"name":"epochs","type":"int","default":10},
  {"name":"batch_size","type":"int","default":32},{"name":"optimizer","type":"choice","default":"Adam"}],
  "optimizers":[{"class_name":"Adam","fields":[{"name":"beta_1","type":"float","default":0.9}]},
                {"class_name":"SGD","fields":[{"name":"momentum","type":"float","default":0}]}]})";
constexpr char kOptions[] =
    R"("epochs":7,"batch_size":50,"optimizer":{"class_name":"Adam","config":{"beta_1":0.9}},
  "augmentation":[{"class_name":"RandomFlip","config":{}}])";
constexpr char kFormOfThem[] =
    R"({"epochs":7,"batch_size":50,"augmentation":[{"class_name":"RandomFlip","config":{}}]})";
constexpr char kRestored[] =
    R"("history":[{"epoch":1,"loss":2,"accuracy":0.3},{"epoch":2,"loss":1.5,"accuracy":0.4}])";

/// What the page shows of a training with kOptions and kRestored.
void check_shown(const playground::test::Page& page) {
  const AppState& state = page.app.state();
  REQUIRE(state.runs.size() == 1);
  CHECK(state.runs[0].data == "Sample pictures");
  REQUIRE(state.runs[0].history.size() == 2);
  CHECK(state.runs[0].history[1].loss == 1.5);
  CHECK(number_in(state.runs[0].fit, "batch_size") == 50);
  CHECK(state.trained);
  CHECK(state.model.config == *cnn::parse_json(kModel)->find("config"));
}

std::string with(const char* object, const std::string& members) {
  return std::string(object, std::string_view(object).rfind('}')) + "," + members + "}";
}

}  // namespace

TEST_CASE("app: the content of an opened file is shown: options, curves, run") {
  Ready page;
  page.event("trainer_ready", kForms);
  page.event("model", with(kModel, std::string(R"("fit":{)") + kOptions + "}," + kRestored).c_str());
  check_shown(page);
  CHECK(page.app.ui().training.fit == *cnn::parse_json(kFormOfThem));
  page.press("train");
  CHECK(flag_in(page.last("fit")->args, "continue"));
  page.event("run", (std::string("{") + kOptions + "," + kRestored + R"(,"global_step":80})").c_str());
  check_shown(page);  // the same run continues
}

TEST_CASE("app: what a restarted app hears of a training before it is shown: options, curves, run") {
  playground::test::Page page;
  page.app.start();
  page.event("trainer_ready", kForms);
  page.event("model", kModel);
  page.event("dataset", playground::test::kDataset);
  page.event("run", (std::string("{") + kOptions + "," + kRestored + R"(,"global_step":80})").c_str());
  page.event(
      "step",
      R"({"epoch":2,"epochs":7,"step":40,"steps_per_epoch":40,"loss":1.5,"accuracy":0.4,"global_step":80,"points":[[80,1.5,0.4]]})");
  check_shown(page);
  CHECK(page.app.ui().training.fit == *cnn::parse_json(kFormOfThem));
}

TEST_CASE("app: after the trainer's end the run is as of the checkpoint, and continues from there") {
  Ready page;
  page.event("trainer_ready", kForms);
  page.press("train");
  page.event("run", (std::string("{") + kOptions + R"(,"history":[],"global_step":0})").c_str());
  for (const char* epoch :
       {R"({"epoch":1,"loss":2,"accuracy":0.3})", R"({"epoch":2,"loss":1.5,"accuracy":0.4})",
        R"({"epoch":3,"loss":1.2,"accuracy":0.5})"})
    page.event("epoch", epoch);
  page.event(
      "step",
      R"({"epoch":4,"epochs":7,"step":20,"steps_per_epoch":40,"loss":1,"accuracy":0.5,"global_step":140,"points":[[140,1,0.5]]})");
  page.event("trainer_gone", R"({"code":"worker_gone","message":"gone"})");
  page.refuse("fit", "gone", "worker_gone");
  page.event("trainer_ready", kForms);
  page.event("dataset", playground::test::kDataset);
  page.event("model", with(kModel, std::string(R"("fit":{)") + kOptions + "}," + kRestored).c_str());
  check_shown(page);
  CHECK(page.app.state().runs[0].steps.empty());
}

TEST_CASE("app: a training from the weights of a file alone is a run of its own") {
  Ready page;
  page.event("model", with(kModel, kRestored).c_str());
  page.event("run", R"({"epochs":1,"history":[],"global_step":0})");
  CHECK(page.app.state().runs.size() == 2);
}

TEST_CASE("app: a stored run is restored; anything else in the storage is ignored") {
  Run run;
  run.name = "Run 3";
  run.data = "CIFAR-10";
  run.parameters = 2660;
  run.config = *cnn::parse_json(R"({"class_name":"Sequential","config":{"layers":[]}})");
  run.fit = Json::object();
  CHECK(kept_text(run).empty());  // no epoch is complete
  for (int epoch = 1; epoch <= 5000; ++epoch)
    run.history.push_back(
        {.epoch = epoch, .at = static_cast<double>(epoch), .loss = 1.0 / epoch, .val_accuracy = 0.5});
  run.history[3].loss = std::nan("");
  const std::string text = kept_text(run);
  const std::optional<Run> back = run_of(text);
  REQUIRE(back);
  CHECK(back->name == "Run 3");
  CHECK(back->parameters == 2660);
  CHECK(back->config == run.config);
  CHECK(back->earlier);
  CHECK_FALSE(back->shown);
  CHECK(back->history.size() <= 1000);
  CHECK(back->history.back().epoch == 5000);
  CHECK(back->history.back().val_accuracy == 0.5);
  for (const char* wrong : {"", "no JSON", "[]", "{}", R"({"name":"x","fit":{},"model":{},"history":[]})",
                            R"({"name":"x","fit":[],"model":{},"history":[{"epoch":1}]})",
                            R"({"name":"x","fit":{},"model":{},"history":[{"epoch":2},{"epoch":1}]})",
                            R"({"name":"","fit":{},"model":{},"history":[{"epoch":1}]})"}) {
    CAPTURE(std::string(wrong));
    CHECK_FALSE(run_of(wrong));
  }
  CHECK_FALSE(run_of(text + std::string(2 << 20, ' ')));
}

TEST_CASE("app: started while the trainer restarts, it does not replace the restored network") {
  playground::test::Page page;
  page.app.start();
  page.reply("hello", kForms);
  CHECK_FALSE(page.last("build"));
}
