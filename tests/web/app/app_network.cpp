// What the app does with a network that was edited: Train uses what the screen shows or says why not, and
// nothing trained is lost unasked.
#include <algorithm>

#include "tests/web/app/app_page.h"
#include "web/app/state/typed.h"

using namespace playground;
using playground::test::kDataset;
using playground::test::Page;

TEST_SUITE_BEGIN("web/app_network");

namespace {

constexpr char kCatalog[] =
    R"({"presets":[{"name":"small","title":"Small","help":"","fit":{}}],
  "fit_fields":[{"name":"epochs","type":"int","default":10,"min":1,"max":1000}],
  "layer_types":[{"class_name":"Dense","help":"","group":"Core","fields":[
    {"name":"units","type":"int","default":32,"min":1,"max":4096,"required":true}]}]})";

std::string config(int units) {
  return R"({"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"name":"dense","units":)" +
         std::to_string(units) + "}}]}}";
}
std::string model(int units) {
  return R"({"config":)" + config(units) +
         R"(,"classes":2,"summary":{"rows":[{"name":"dense","class_name":"Dense"}],"total":1}})";
}

/// With a network of ten units, and a change to 20 that was checked.
struct Edited : Page {
  Edited() {
    app.start();
    reply("hello", kCatalog);
    event("model", model(10).c_str());
    event("dataset", kDataset);
    frame();
  }
  void trained() {
    event(
        "step",
        R"({"epoch":1,"epochs":1,"step":1,"steps_per_epoch":1,"loss":2,"accuracy":0.2,"global_step":1,"points":[[1,2,0.2]]})");
    event("state", R"({"state":"ready","epoch":1})");
    frame();
  }
  void edit(int units = 20) {
    app.ui().builder.network.set_field(0, "units", units);
    app.carry_out(action::Check{app.ui().builder.network.config()});
  }
  std::size_t count(std::string_view type) const {
    return static_cast<std::size_t>(
        std::count_if(sent.begin(), sent.end(), [type](const Sent& s) { return s.type == type; }));
  }
  std::string built() const { return last("build")->args.find("config")->dump(); }
  std::string question() {
    frame();
    frame();
    return WidgetRects::text("question");
  }
};

}  // namespace

TEST_CASE("app: Train with an edit that the trainer has not checked yet trains the edited network") {
  Edited page;
  page.edit();
  page.app.carry_out(action::Train{});
  CHECK_FALSE(page.last("fit"));
  page.reply("check", model(20).c_str());
  CHECK(page.built() == config(20));
  page.reply("build", model(20).c_str());
  CHECK(page.last("fit"));
}

TEST_CASE("app: Train with an invalid network says why not, and offers the layer and the previous network") {
  Edited page;
  page.edit();
  page.refuse("check", "dense: too many units", "bad_config");
  page.app.carry_out(action::Train{});
  CHECK_FALSE(page.last("fit"));
  CHECK(page.question() == "The changed network cannot be trained\ndense: too many units");
  page.press("question/1");
  CHECK(page.last("fit"));
  CHECK(page.app.ui().builder.network.config().dump() == config(10));
  CHECK(page.count("build") == 0);
}

TEST_CASE("app: Train with a changed network beside a trained one offers both") {
  Edited page;
  page.trained();
  page.edit();
  page.reply("check", model(20).c_str());
  page.app.carry_out(action::Train{});
  CHECK_FALSE(page.last("fit"));
  CHECK(page.question().starts_with("The network was changed"));
  page.press("question/0");
  page.reply("export", "{}");
  CHECK(page.built() == config(20));
  page.reply("build", model(20).c_str());
  CHECK(page.last("fit"));
}

TEST_CASE("app: a paused training with a changed network asks which of the two is meant") {
  for (const Action& pressed : {Action(action::Resume{}), Action(action::Step{})}) {
    Edited page;
    page.trained();
    page.event("state", R"({"state":"paused","epoch":1})");
    page.edit();
    page.reply("check", model(20).c_str());
    page.app.carry_out(pressed);
    CHECK(page.count("resume") + page.count("step") == 0);
    CHECK(page.question().starts_with("The network was changed"));
    page.press("question/1");
    CHECK(page.count("resume") + page.count("step") == 1);
    CHECK(page.app.ui().builder.network.config().dump() == config(10));
  }
}

TEST_CASE("app: a preset asks before it replaces trained weights, and not without them") {
  Edited page;
  page.app.carry_out(action::Build{{}, "small"});
  CHECK(text_in(page.last("build")->args, "preset") == "small");
  page.reply("build", model(30).c_str());
  page.trained();
  page.app.carry_out(action::Build{{}, "small"});
  CHECK(page.count("build") == 1);
  CHECK(page.question().starts_with("Replace the trained network?"));
  page.press("question/1");
  CHECK(page.count("build") == 1);
  page.app.carry_out(action::Build{{}, "small"});
  page.question();
  page.press("question/0");
  page.reply("export", "{}");
  CHECK(page.count("build") == 2);
}

TEST_CASE(
    "app: a file of weights asks before it replaces trained ones, and does not promise that undo restores "
    "them") {
  Edited page;
  page.app.carry_out(action::ChooseFiles{"weights"});
  CHECK(page.count("choose_files") == 1);
  page.trained();
  page.app.carry_out(action::ChooseFiles{"weights"});
  CHECK(page.count("choose_files") == 1);
  CHECK(page.question().find("Undo cannot restore them") != std::string::npos);
  page.press("question/0");
  CHECK(page.count("choose_files") == 2);
}

TEST_CASE("app: undo is not promised for a network that is too large to be kept") {
  Edited page;
  page.event("model",
             (model(10).substr(0, model(10).rfind(R"("total":1)")) + R"("total":20000000}})").c_str());
  page.trained();
  page.app.carry_out(action::Build{{}, "small"});
  CHECK(page.question().find("Undo cannot restore them") != std::string::npos);
}

TEST_CASE("app: a link asks before it replaces a trained network; one to a chapter only opens it") {
  Edited page;
  page.trained();
  page.app.ui().training.fit["batch_size"] = 7;
  page.app.carry_out(action::OpenLink{.hash = "learn=convolution"});
  CHECK(page.app.ui().tab == Tab::learn);
  CHECK(number_in(page.app.ui().training.fit, "batch_size") == 7);
  page.app.carry_out(action::OpenLink{.hash = "v=1&preset=small"});
  CHECK(page.question().starts_with("Replace the trained network?"));
  CHECK_FALSE(page.last("build"));
  page.press("question/0");
  page.reply("export", R"({"files":[]})");
  CHECK(text_in(page.last("build")->args, "preset") == "small");
}

TEST_CASE("app: an experiment of a chapter says what is set up, and what to press") {
  Edited page;
  page.app.carry_out(action::OpenLink{.hash = "v=1&preset=small", .about = "A small one. Look at its loss."});
  REQUIRE(page.last("build"));
  REQUIRE(page.app.state().notice);
  CHECK(page.app.state().notice->message == "Set up: A small one. Look at its loss. Press Train to start.");
}

TEST_CASE("app: Train pressed while another network is put in place trains that one, once it is there") {
  Edited page;
  page.trained();
  page.app.carry_out(action::Build{{}, "small", true});
  page.app.carry_out(action::Train{});
  CHECK_FALSE(page.last("fit"));
  page.reply("export", R"({"files":[]})");
  page.app.carry_out(action::Train{});
  CHECK_FALSE(page.last("fit"));
  SUBCASE("it is built") {
    page.reply("build", model(20).c_str());
    CHECK(page.count("fit") == 1);
  }
  SUBCASE("it cannot be built") {
    page.refuse("build", "too large", "out_of_memory");
    CHECK_FALSE(page.last("fit"));
  }
}

TEST_CASE("app: epochs to add exceed the most that a training may have: it continues to that maximum") {
  Edited page;
  page.app.ui().training.fit["epochs"] = 1000;
  page.trained();
  page.event("epoch", R"({"epoch":1,"loss":2,"accuracy":0.2})");
  page.app.carry_out(action::Train{});
  REQUIRE(page.last("fit"));
  CHECK(number_in(page.last("fit")->args, "epochs") == 1000);
}

TEST_CASE("app: undo after another network brings the trained one back with its weights") {
  Edited page;
  page.trained();
  page.app.carry_out(action::Build{{}, "small", true});
  const std::vector<std::uint8_t> weights{1, 2, 3};
  const Payload payload{weights.data(), 3};
  REQUIRE(page.last("export"));
  page.app.receive(
      R"({"id":)" + std::to_string(page.last("export")->id) + R"(,"args":{"files":["model.safetensors"]}})",
      {&payload, 1});
  page.event("model", model(30).c_str());
  page.reply("build", model(30).c_str());
  REQUIRE(page.app.ui().builder.network.config().dump() == config(30));
  REQUIRE(page.app.ui().builder.network.undo());
  page.app.carry_out(action::Check{page.app.ui().builder.network.config()});
  page.reply("check", model(10).c_str());
  page.frame();
  REQUIRE(page.last("import"));
  CHECK(page.last("import")->args.find("files")->dump() == R"(["model.safetensors"])");
  CHECK(page.count("build") == 1);
}

TEST_CASE(
    "app: a pasted configuration becomes the network that is edited; other text says why not or does "
    "nothing") {
  Edited page;
  page.app.paste(" " + config(40));
  CHECK(page.app.ui().builder.network.config().dump() == config(40));
  REQUIRE(page.last("check"));
  CHECK(page.app.ui().builder.network.can_undo());
  page.app.paste("0.5");
  CHECK_FALSE(page.app.state().notice);
  for (const char* text : {"{\"epochs\":3}", "{broken"}) {
    page.app.paste(text);
    REQUIRE(page.app.state().notice);
    CHECK(page.app.state().notice->message.starts_with("The pasted text is not a Keras configuration: "));
    CHECK(page.app.ui().builder.network.config().dump() == config(40));
  }
}

TEST_CASE("app: a setting that does not accept what was typed is not sent, and Train says where it is") {
  Edited page;
  page.app.ui().training.fit["epochs"] = value_from(page.app.state().catalog.fit_fields[0], "1e9");
  page.app.carry_out(action::Train{});
  CHECK_FALSE(page.last("fit"));
  REQUIRE(page.app.state().notice);
  CHECK(page.app.state().notice->message ==
        "Epochs is 1e9; it must be whole, 1 to 1,000. Correct this value to start training.");
  page.app.ui().training.fit["epochs"] = 3;
  page.app.carry_out(action::FitChanged{});
  CHECK_FALSE(page.app.state().notice);

  page.app.ui().builder.network.set_field(0, "units",
                                          value_from(page.app.state().catalog.layers[0].fields[0], "-5"));
  page.app.carry_out(action::Check{page.app.ui().builder.network.config()});
  CHECK_FALSE(page.last("check"));
  CHECK(page.app.state().checked.error == "dense: Units is -5; it must be whole, 1 to 4,096.");
  CHECK(page.app.state().checked.error_layer == 0);
}
