// The app connected to the session: from a press to the picture on the screen, and what can interrupt that.
#include "tests/web/pair/pair.h"
#include "web/app/state/own_models.h"

TEST_SUITE_BEGIN("web/pair");

using namespace pair_tests;
using playground::RunState;

namespace {

/// With sample pictures and the first network.
struct Ready : Pair {
  Ready() {
    page.load("sample");
    REQUIRE(settle());
    REQUIRE_FALSE(app.state().data.empty());
    REQUIRE_FALSE(app.state().model.empty());
  }
  void train() {
    app.ui().training.fit["epochs"] = 50;
    app.ui().training.fit["batch_size"] = 10;
    press("train");
    REQUIRE(until([&] { return !app.state().runs.empty() && app.state().runs.back().history.size() > 1; }));
    REQUIRE(app.state().training.running());
  }
  /// Answers yes to the question whether to replace the trained network.
  void agree() {
    frame();
    frame();
    press("question/0");
  }
  const playground::Run& run() { return app.state().runs.back(); }
  /// Checks that the app shows the session's state.
  void check_together() {
    CHECK(page.wrong() == "");
    CHECK(page.unanswered().empty());
    CHECK(app.state().data.train.count == session_tests::train_count(page.ask("dataset")));
    CHECK(app.state().model.config == *page.model().find("config"));
    CHECK(playground::read_state(page.state()) == state());
    CHECK_FALSE(app.state().starting);
  }
};

}  // namespace

TEST_CASE("pair: Train with nothing loaded loads the pictures, trains, and shows curves and matrix") {
  Pair pair;
  REQUIRE(pair.settle());
  pair.app.ui().training.fit["epochs"] = 2;
  pair.press("train");
  REQUIRE(pair.until([&] { return pair.app.state().trained && pair.state() == RunState::ready; }));
  REQUIRE(pair.settle());
  CHECK(pair.app.state().runs.back().history.size() == 2);
  CHECK_FALSE(pair.app.state().runs.back().steps.empty());
  pair.frame();
  CHECK(WidgetRects::find("plot/accuracy"));
  CHECK(WidgetRects::find("plot/loss"));
  pair.press("tab/matrix");
  pair.frame();
  CHECK(WidgetRects::text("matrix/about").find("test pictures after epoch 2") == 0);
  CHECK(WidgetRects::find("cell/0/0"));
  CHECK(pair.page.unanswered().empty());
  CHECK(pair.page.wrong() == "");
}

TEST_CASE("pair: pause, step, resume and stop reach the training and the screen") {
  Ready pair;
  pair.train();
  pair.press("pause");
  REQUIRE(pair.until([&] { return pair.state() == RunState::paused; }));
  REQUIRE(pair.settle());
  const double steps = pair.run().steps.points().back().step;
  pair.press("step");
  REQUIRE(pair.until([&] { return pair.run().steps.points().back().step > steps; }));
  REQUIRE(pair.settle());
  CHECK(pair.run().steps.points().back().step == steps + 1);
  pair.press("resume");
  REQUIRE(pair.until([&] { return pair.run().steps.points().back().step > steps + 1; }));
  pair.press("stop");
  REQUIRE(pair.settle());
  CHECK(pair.state() == RunState::ready);
  pair.check_together();
}

TEST_CASE("pair: pictures loaded during a training wait, and are shown when it ends") {
  Ready pair;
  pair.train();
  pair.page.load("cifar10");
  REQUIRE(pair.until([&] { return pair.app.state().notice.has_value(); }));
  CHECK(pair.app.state().notice->message == "Pictures is loaded; it is used when the training ends.");
  CHECK(pair.app.state().data.synthetic);
  CHECK(pair.app.state().training.running());
  pair.press("stop");
  REQUIRE(pair.settle());
  CHECK_FALSE(pair.app.state().data.synthetic);
  CHECK(pair.app.state().data.train.count == 50);
  pair.check_together();
}

TEST_CASE(
    "pair: a model opened in the middle of a training ends it, as the question says, and is on the screen") {
  Ready pair;
  pair.train();
  REQUIRE(pair.until([&] { return pair.page.has_checkpoint(); }));
  const std::string own = std::string("own/") + playground::kOwnModels[0].name;
  pair.press("model/menu");
  pair.press(own.c_str());
  CHECK(pair.app.ui().question.asked->text.find("its training will stop") != std::string::npos);
  pair.agree();
  REQUIRE(pair.settle());
  CHECK_FALSE(pair.app.state().training.running());
  const std::size_t epochs = pair.run().history.size();
  CHECK(pair.page.asked["load_model"] == 1);
  CHECK(pair.app.state().trained);
  CHECK(pair.run().history.size() == epochs);
  pair.check_together();
}

TEST_CASE("pair: new weights, a preset and an undo in the middle of a training") {
  for (const char* what : {"reset", "preset", "undo"}) {
    CAPTURE(std::string(what));
    Ready pair;
    pair.train();
    if (std::string(what) == "reset") {
      pair.press("reset");
      pair.press("reset/yes");
    } else if (std::string(what) == "preset") {
      pair.press("model/menu");
      pair.press("preset/tutorial_small");
      pair.agree();
    } else {
      ImGuiIO& io = ImGui::GetIO();
      REQUIRE(pair.app.ui().builder.network.remove(1));
      io.AddKeyEvent(ImGuiMod_Ctrl, true);
      io.AddKeyEvent(ImGuiKey_Z, true);
      pair.frame();
      io.AddKeyEvent(ImGuiKey_Z, false);
      io.AddKeyEvent(ImGuiMod_Ctrl, false);
      pair.frame();
      REQUIRE(pair.until([&] { return pair.page.unanswered().size() <= 1; }));  // the training continues
      CHECK(pair.app.state().training.running());
      CHECK(pair.app.ui().builder.network.config() == pair.app.state().model.config);
      pair.press("stop");
    }
    REQUIRE(pair.settle());
    CHECK(pair.state() == RunState::ready);
    CHECK(pair.app.state().trained == (std::string(what) == "undo"));
    pair.check_together();
  }
}

TEST_CASE("pair: after a crash of the trainer the screen shows what the next one has") {
  Ready pair;
  pair.train();
  REQUIRE(pair.until([&] { return pair.page.has_checkpoint(); }));
  pair.page.crash();
  REQUIRE(pair.settle());
  CHECK(pair.state() == RunState::ready);
  CHECK(pair.app.state().trained);
  pair.check_together();
  pair.press("train");  // continues
  REQUIRE(pair.until([&] { return pair.app.state().training.running(); }));
}

TEST_CASE("pair: every tab and chapter is drawn in every window, from a sliver to a wall") {
  Ready pair;
  pair.train();
  pair.press("pause");
  REQUIRE(pair.settle());
  std::vector<std::string> cramped;
  for (const float zoom : {1.0f, 2.5f})
    for (const int width :
         {1, 40, 160, 320, 400, 480, 560, 640, 720, 760, 800, 840, 880, 920, 1000, 1100, 1300, 1900, 2560}) {
      pair.app.ui().zoom = zoom;
      ImGui::GetIO().DisplaySize = ImVec2(static_cast<float>(width), 700);
      pair.apply_theme();
      for (int view = 0; view <= static_cast<int>(playground::Tab::training) + 8; ++view) {
        const int chapter = view - static_cast<int>(playground::Tab::training) - 1;
        pair.app.ui().tab = chapter < 0 ? static_cast<playground::Tab>(view) : playground::Tab::learn;
        if (chapter >= 0) pair.app.ui().learn.go_to(chapter);
        for (int i = 0; i < 3; ++i) pair.frame(), pair.pump();
        if (width < 320 || zoom > 1) continue;
        for (const std::string& name : WidgetRects::names())
          if (name.find("plot/") == 0 && WidgetRects::find(name)->z < 120)
            cramped.push_back(name + " in a window of " + std::to_string(width));
      }
    }
  for (const std::string& plot : cramped) FAIL_CHECK(plot);
}

TEST_CASE("pair: another network comes while a layer of the old one is dragged") {
  Ready pair;
  ImGuiIO& io = ImGui::GetIO();
  const int last = pair.app.ui().builder.network.count() - 1;
  const auto block = [](int index) { return WidgetRects::find("block/" + std::to_string(index)); };
  pair.frame();
  REQUIRE(block(last));
  io.AddMousePosEvent(block(last)->x + 3, block(last)->y + 4);
  pair.frame();
  io.AddMouseButtonEvent(0, true);
  pair.frame();
  io.AddMousePosEvent(block(last)->x + 3, block(last)->y - 40);
  pair.frame();
  pair.frame();
  CHECK(pair.app.ui().builder.dragged == last);
  pair.page.script("build", R"({"config":{"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"GlobalAveragePooling2D","config":{}},{"class_name":"Dense","config":{"units":10}}]}}})");
  pair.pump();
  for (int i = 0; i < 3; ++i) pair.frame();
  CHECK(pair.app.ui().builder.dragged == -1);
  io.AddMouseButtonEvent(0, false);
  REQUIRE(pair.settle());
  CHECK(pair.app.ui().builder.network.count() == 3);
  pair.check_together();
}

TEST_SUITE_END();
