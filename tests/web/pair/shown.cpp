// What the page shows is what is so, after every transition: each figure, name and sentence on the screen is
// compared with what the trainer's session reported or answers now.
#include <algorithm>

#include "tests/web/pair/pair.h"
#include "web/app/state/fields.h"
#include "web/app/state/format.h"

TEST_SUITE_BEGIN("web/shown");

using namespace pair_tests;
using playground::misfit;
using playground::number_in;
using playground::Tab;

namespace {

std::string shown(const std::string& name) { return WidgetRects::text(name); }

struct Shown : Pair {
  Shown() : Pair(ImVec2(1280, 1600)) {
    page.load("sample");
    REQUIRE(settle());
    app.ui().training.fit["epochs"] = 2;
    app.ui().training.fit["batch_size"] = 10;
  }
  const playground::AppState& so() const { return app.state(); }
  void train() {
    press("train");
    REQUIRE(settle());
    REQUIRE_FALSE(so().training.running());
  }
  Json answer(const std::string& type, const std::string& args) {
    std::optional<Json> reply;
    page.ask_later(type, args, [&](const Json& came) { reply = came; });
    REQUIRE(until([&] { return reply.has_value(); }));
    return *reply;
  }
  void look_at(Tab tab) {
    app.ui().tab = tab;
    frame();
    REQUIRE(settle());
    frame();
  }
  /// Presses an entry of the list of networks, and answers yes if that is asked.
  void choose(const std::string& entry) {
    press("model/menu");
    press(entry.c_str());
    frame();
    frame();
    if (WidgetRects::find("question/0")) press("question/0");
    REQUIRE(settle());
  }

  void check_bar() {
    const auto& told = page.told();
    const Json* newest = !told.step.is_null()   ? &told.step
                         : told.history.empty() ? nullptr
                                                : &told.history.back();
    if (newest == nullptr) {
      CHECK_FALSE(WidgetRects::find("metric/loss"));
      CHECK_FALSE(WidgetRects::find("metric/epoch"));
      return;
    }
    CHECK(shown("metric/loss") == playground::loss_text(number_in(*newest, "loss")));
    CHECK(shown("metric/accuracy") == playground::percent_text(number_in(*newest, "accuracy")));
    const Json* last = told.history.empty() ? nullptr : &told.history.back();
    const auto validated = [&](const char* name, std::string (*text)(double)) {
      const Json* value = last != nullptr ? last->find(name) : nullptr;
      CHECK(shown(std::string("metric/") + name) ==
            (value != nullptr && value->number() != nullptr ? text(*value->number()) : "–"));
    };
    validated("val_loss", playground::loss_text);
    validated("val_accuracy", playground::percent_text);
    const double epochs =
        told.step.is_null() ? number_in(told.fit, "epochs") : number_in(told.step, "epochs");
    CHECK(shown("metric/epoch") ==
          playground::count_text(number_in(*newest, "epoch")) + " / " + playground::count_text(epochs));
  }

  void check_curves() {
    look_at(Tab::curves);
    const auto& told = page.told();
    CHECK(so().trained == told.trained);
    const bool predicts = told.trained && misfit(so().model, so().data).empty() && !so().data.empty();
    for (int i = 0; i < 16; ++i)  // below the curves
      if (const std::string name = "strip/" + std::to_string(i); WidgetRects::find(name))
        CHECK(shown(name).empty() != predicts);
    if (!told.trained) return;
    REQUIRE_FALSE(so().runs.empty());
    const playground::Run& run = so().runs.back();
    CHECK(run.shown);
    REQUIRE(run.history.size() == told.history.size());
    for (std::size_t i = 0; i < run.history.size(); ++i)
      CHECK(run.history[i].loss == number_in(told.history[i], "loss"));
    if (!told.fit.is_null()) CHECK(number_in(run.fit, "batch_size") == number_in(told.fit, "batch_size"));
  }

  void check_matrix() {
    look_at(Tab::matrix);
    const Json& told = page.told().evaluation;
    if (told.is_null() || !misfit(so().model, so().data).empty()) {
      CHECK_FALSE(WidgetRects::find("matrix/about"));
      CHECK_FALSE(WidgetRects::find("cell/0/0"));
      return;
    }
    const std::string about = shown("matrix/about");
    CHECK(about.find("loss " + playground::loss_text(number_in(told, "loss"))) != std::string::npos);
    CHECK(about.find("accuracy " + playground::percent_text(number_in(told, "accuracy"))) !=
          std::string::npos);
  }

  /// Every picture in the gallery with the class that the network gives it now,
  /// and the true one of the data in use.
  void check_predictions() {
    app.ui().predictions_of = playground::PredictionsOf::test;
    look_at(Tab::predictions);
    const std::string why = misfit(so().model, so().data);
    CHECK(shown("misfit") == why);
    if (!page.told().trained || !why.empty()) {
      CHECK(so().gallery.items.empty());
      return;
    }
    const Json now = answer("predictions", R"({"split":"test","count":48})");
    CHECK(so().gallery_total == number_in(now, "total"));
    CHECK(shown("gallery/total") == playground::count_text(number_in(now, "total")) + " pictures");
    const Json::Array& items = playground::list_in(now, "items");
    REQUIRE(so().gallery.items.size() == items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      CHECK(so().gallery.items[i].label == static_cast<int>(number_in(items[i], "label")));
      CHECK(so().gallery.items[i].predicted == static_cast<int>(number_in(items[i], "predicted")));
    }
  }

  void check_inside() {
    look_at(Tab::inside);
    const std::string verdict = shown("inside/verdict");
    CHECK(shown("misfit") == misfit(so().model, so().data));
    if (so().data.empty() || verdict.empty()) return;
    const auto& names = so().data.class_names;
    const std::string truth = verdict.substr(0, verdict.find(','));
    CHECK(std::find(names.begin(), names.end(), truth) != names.end());
    const std::size_t as = verdict.find("predicted as ");
    REQUIRE(as != verdict.npos);
    const std::string guess = verdict.substr(as + 13, verdict.find(" (") - as - 13);
    // A name of the data's belongs to an output only if there are as many of both.
    CHECK((std::find(names.begin(), names.end(), guess) != names.end()) ==
          misfit(so().model, so().data).empty());
  }

  void check_settings() {
    const Json& fit = page.told().fit;
    if (fit.is_null()) return;
    for (const playground::Field& field : so().catalog.fit_fields)
      if (field.name == "batch_size" || field.name == "seed" || field.name == "validation_split")
        CHECK(value_or_default(field, app.ui().training.fit) == value_or_default(field, fit));
  }

  /// `error`: one is to be seen.
  void check(bool error = false) {
    REQUIRE(settle());
    CHECK(page.wrong() == "");
    frame();
    CHECK((so().notice && so().notice->error) == error);
    CHECK(so().data.label == playground::text_in(page.told().data, "label"));
    CHECK(so().model.config == *page.model().find("config"));
    check_bar();
    check_curves();
    check_matrix();
    check_predictions();
    check_inside();
    check_settings();
    app.ui().tab = Tab::curves;
  }
};

constexpr char kOther[] = R"({"config":{"class_name":"Sequential","config":{"layers":[
  {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
  {"class_name":"GlobalAveragePooling2D","config":{}},{"class_name":"Dense","config":{"units":10}}]}}})";

}  // namespace

TEST_CASE("shown: before a training, during it, paused, stopped and finished") {
  Shown pair;
  pair.check();
  pair.app.ui().training.fit["epochs"] = 50;
  pair.press("train");
  REQUIRE(pair.until([&] { return pair.so().training.running() && pair.page.told().history.size() > 1; }));
  pair.press("pause");
  REQUIRE(pair.settle());
  pair.check();
  pair.press("step");
  pair.check();
  pair.press("stop");
  pair.check();
  pair.app.ui().training.fit["epochs"] = 1;
  pair.train();
  pair.check();
}

TEST_CASE("shown: new weights, another network by preset or script, an opened file") {
  Shown pair;
  pair.train();
  SUBCASE("new weights") {
    pair.press("reset");
    pair.press("reset/yes");
  }
  SUBCASE("a preset") { pair.choose("preset/tutorial_small"); }
  SUBCASE("a script builds") { pair.page.script("build", kOther); }
  SUBCASE("a file is opened") {
    REQUIRE(pair.page.has_checkpoint());
    pair.page.script("build", kOther);
    pair.check();
    pair.page.import_checkpoint();
  }
  pair.check();
  pair.train();
  pair.check();
}

TEST_CASE("shown: a training that the trainer refuses leaves curves and runs, and marks the setting") {
  Shown pair;
  pair.train();
  const std::size_t runs = pair.so().runs.size(), epochs = pair.so().runs.back().history.size();
  pair.press("reset");
  pair.press("reset/yes");
  REQUIRE(pair.settle());
  pair.app.ui().training.fit["batch_size"] = 5000;
  pair.press("train");
  REQUIRE(pair.settle());
  CHECK(pair.so().runs.size() == runs);
  CHECK(pair.so().runs.back().history.size() == epochs);
  CHECK(pair.so().runs.back().shown);
  pair.check(true);
  pair.frame();
  pair.frame();
  CHECK(shown("batch_size/accepts") == "choose 60 or less");
  CHECK_FALSE(WidgetRects::find("epochs/accepts"));
  const auto change = [&](const char* field, double value) {
    pair.app.ui().training.fit[field] = value;
    pair.app.carry_out(playground::action::FitChanged{});
    pair.frame();
  };
  change("epochs", 3);  // the refusal was about another field
  CHECK(WidgetRects::find("batch_size/accepts"));
  CHECK(pair.so().notice);
  change("batch_size", 12);
  CHECK_FALSE(pair.so().notice);
  CHECK_FALSE(WidgetRects::find("batch_size/accepts"));
  pair.train();
  pair.check();
}

TEST_CASE("shown: an error is gone after a later success") {
  Shown pair;
  pair.train();
  const auto fail = [&] {
    pair.app.ui().training.fit["batch_size"] = 5000;
    pair.press("train");
    REQUIRE(pair.settle());
    REQUIRE(pair.so().notice);
    REQUIRE(pair.so().notice->error);
    pair.app.ui().training.fit["batch_size"] = 10;
  };
  SUBCASE("a press") {
    fail();
    pair.look_at(Tab::matrix);
    pair.press("matrix/test");
  }
  SUBCASE("a file that is dropped") {
    fail();
    pair.page.script("build", kOther);
    REQUIRE(pair.settle());
    pair.page.import_checkpoint();
  }
  SUBCASE("other data") {
    fail();
    pair.page.load("cifar10");
  }
  REQUIRE(pair.settle());
  CHECK_FALSE((pair.so().notice && pair.so().notice->error));
}

TEST_CASE("shown: other data, with as many classes or with others, and back") {
  Shown pair;
  pair.train();
  pair.check();
  pair.page.load("cifar10");
  pair.check();
  pair.page.load("three");
  pair.check();
  CHECK(misfit(pair.so().model, pair.so().data).find("distinguishes 10 classes; the data set has 3") !=
        std::string::npos);
  pair.page.load("sample");
  pair.check();
}

TEST_CASE("shown: another data set that waits for the end of a training is used when it ends") {
  Shown pair;
  pair.app.ui().training.fit["epochs"] = 50;
  pair.press("train");
  REQUIRE(pair.until([&] { return pair.page.told().history.size() > 1; }));
  pair.page.load("three");
  REQUIRE(pair.until([&] { return pair.so().notice.has_value(); }));
  pair.press("stop");
  pair.check();
}

TEST_CASE("shown: a link sets network and settings") {
  Shown pair;
  pair.train();
  pair.app.carry_out(
      playground::action::OpenLink{"v=1&preset=tutorial_small&fit={'batch_size':20}", false, true});
  pair.check();
  CHECK(number_in(pair.app.ui().training.fit, "batch_size") == 20);
}

TEST_CASE("shown: after the trainer's end, what its successor has") {
  Shown pair;
  pair.train();
  REQUIRE(pair.page.has_checkpoint());
  pair.page.crash();
  REQUIRE(pair.settle());
  pair.check(true);  // the page says what happened
  pair.train();
  pair.check();
}

TEST_CASE(
    "shown: runs of an earlier visit are listed; a restored training continues its run; deleted ones are "
    "gone") {
  std::map<std::string, std::string> stored;
  std::vector<Buffer> checkpoint;
  std::size_t epochs = 0;
  {
    Shown first;
    first.train();
    first.app.carry_out(playground::action::RenameRun{first.so().runs.back().id, "small steps"});
    REQUIRE(first.settle());
    stored = first.page.stored;
    checkpoint = first.page.checkpoint();
    epochs = first.so().runs.back().history.size();
    REQUIRE(epochs == 2);
  }
  REQUIRE(stored.size() == 1);
  Pair bare;
  bare.page.stored = stored;
  bare.page.set_checkpoint(checkpoint);
  bare.page.load("sample");
  REQUIRE(bare.settle());
  REQUIRE(bare.app.state().runs.size() == 1);
  CHECK(playground::current_run(bare.app.state().runs) == nullptr);
  CHECK(bare.app.state().runs[0].history.size() == epochs);
  bare.frame();
  bare.frame();
  CHECK(WidgetRects::find("start/train"));  // nothing is trained in this visit
  bare.press("tab/runs");
  bare.frame();
  CHECK(shown("run/title/1") == "small steps");
  CHECK(shown("run/epochs/1") == "2");
  SUBCASE("restored") {
    bare.page.import_checkpoint();
    REQUIRE(bare.settle());
    REQUIRE(bare.app.state().runs.size() == 1);
    CHECK(playground::current_run(bare.app.state().runs) != nullptr);
    bare.press("tab/curves");
    bare.app.ui().training.fit["epochs"] = 1;
    bare.press("train");
    REQUIRE(bare.settle());
    REQUIRE(bare.app.state().runs.size() == 1);
    CHECK(bare.app.state().runs[0].history.size() == epochs + 1);
    CHECK(bare.page.stored.size() == 1);
  }
  SUBCASE("another training") {
    bare.app.ui().training.fit["epochs"] = 1;
    bare.press("tab/curves");
    bare.press("train");
    REQUIRE(bare.settle());
    REQUIRE(bare.app.state().runs.size() == 2);
    CHECK(bare.app.state().runs[1].name == "Run 1");
    CHECK(bare.page.stored.size() == 2);
  }
  SUBCASE("deleted") {
    bare.press("run/delete/1");
    REQUIRE(bare.settle());
    CHECK(bare.app.state().runs.empty());
    CHECK(bare.page.stored.empty());
  }
}

TEST_SUITE_END();
