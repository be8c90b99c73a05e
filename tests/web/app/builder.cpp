// The builder: what an edit of the network requests.
#include "web/app/panels/builder.h"

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "tests/web/app/ui_request.h"
#include "web/app/panels/pending_network.h"
#include "web/app/state/messages.h"

using namespace playground;
using playground::test::asked_for;
using playground::test::HeadlessGui;

TEST_SUITE_BEGIN("web/builder");

namespace {

struct Builder {
  BuilderPanel ui;
  Catalog catalog;
  ModelInfo model;
  Checked checked;
  bool has_history = false;

  Builder() {
    Field units;
    units.name = "units";
    units.type = "int";
    units.min = 1;
    units.standard = 32;
    units.required = true;
    Type dense{"Dense", "Every input to every output.", "Core", {units}},
        flatten{"Flatten", "One row.", "Shape", {}};
    catalog.layers = {dense, flatten};
    catalog.presets.push_back({"small", "Small", "A fast one."});
    model.config = *cnn::parse_json(R"({"class_name":"Sequential","config":{"layers":[
      {"class_name":"InputLayer","config":{}},{"class_name":"Flatten","config":{"name":"flatten"}},
      {"class_name":"Dense","config":{"name":"dense","units":10}}]}})");
    SummaryRow row;
    row.layer = 2;
    row.name = "dense";
    model.rows = {row};
    ui.network.set(model.config);
  }
  UiRequest operator()() {
    const BuilderState state{catalog, model, checked, has_history, false};
    UiRequest asked = draw_builder_heading(ui, state);
    if (const UiRequest blocks = draw(ui, state)) asked = blocks;
    if (const UiRequest pending = draw_pending(ui, state)) asked = pending;
    return asked;
  }
};

}  // namespace

TEST_CASE("builder: a changed setting is checked, and one press undoes it") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  const auto panel = [&] { return builder(); };
  gui.press("block/2", panel);
  CHECK(builder.ui.open == 2);
  gui.press("units/more", panel);
  CHECK(builder.ui.network.layer(2)->find("config")->find("units")->dump() == "11");
  CHECK(asked_for<action::Check>(gui.press("model/undo", panel)));
  CHECK(builder.ui.network.layer(2)->find("config")->find("units")->dump() == "10");
}

TEST_CASE("builder: layers are duplicated, removed and added from the menu") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  builder.has_history = true;  // so that nothing is built automatically
  const auto panel = [&] { return builder(); };
  gui.press("block/2", panel);
  gui.press("block/copy", panel);
  CHECK(builder.ui.network.name(3) == "dense_1");
  gui.press("block/remove", panel);
  CHECK(builder.ui.network.count() == 3);
  gui.press("model/add", panel);
  gui.press("layer/Flatten", panel);
  CHECK(builder.ui.network.count() == 4);
  CHECK(builder.ui.network.class_name(3) == "Flatten");
}

TEST_CASE("builder: a block dragged by its handle moves to where it is released") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  builder.has_history = true;
  const auto frame = [&] { gui.frame([&] { return builder(); }); };
  frame();
  frame();
  const auto from = WidgetRects::find("block/1"), to = WidgetRects::find("block/2");
  REQUIRE((from && to));
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(from->x + 4, from->y + from->w / 2);
  frame();
  io.AddMouseButtonEvent(0, true);
  frame();
  io.AddMousePosEvent(from->x + 4, to->y + to->w - 2);
  frame();
  frame();
  io.AddMouseButtonEvent(0, false);
  frame();
  frame();
  CHECK(builder.ui.network.class_name(1) == "Dense");
  CHECK(builder.ui.network.class_name(2) == "Flatten");
}

TEST_CASE("builder: with trained weights a change waits for a button; otherwise it is built at once") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  builder.has_history = true;
  const auto panel = [&] { return builder(); };
  gui.frame(panel);
  builder.ui.network.set_field(2, "units", 20);
  builder.checked.config = builder.ui.network.config();
  CHECK_FALSE(gui.frame(panel));
  CHECK(asked_for<action::Build>(gui.press("model/use", panel)));
  CHECK(asked_for<action::Discard>(gui.press("model/discard", panel)));
  builder.ui.discard(builder.model.config);
  CHECK(builder.ui.network.config() == builder.model.config);
  builder.has_history = false;
  builder.ui.network.set_field(2, "units", 20);
  builder.checked.config = nullptr;
  CHECK_FALSE(gui.frame(panel));  // not before the trainer has checked it
  builder.checked.config = builder.ui.network.config();
  CHECK(asked_for<action::Build>(gui.frame(panel)));
  builder.checked.error = "dense: units 20 is too much";
  builder.checked.error_layer = 2;
  CHECK_FALSE(gui.frame(panel));
}

TEST_CASE(
    "builder: below the layers stands what the model's file says beside them, until the network is edited") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  builder.has_history = true;
  const ModelInfo read = read_model(*cnn::parse_json(
      R"({"file_taken":"a.onnx was read.","output_taken":"Of the file's 2 outputs, \"logits\" is taken.","left_out":["noise_shape of dropout"]})"));
  builder.model.file_notes = read.file_notes;
  const auto panel = [&] { return builder(); };
  gui.frame(panel);
  CHECK(WidgetRects::text("model/file_notes") ==
        "a.onnx was read.\nOf the file's 2 outputs, \"logits\" is taken.\n"
        "Left out because only training needs it: noise_shape of dropout.");
  builder.ui.network.set_field(2, "units", 20);
  gui.frame(panel);
  CHECK_FALSE(WidgetRects::find("model/file_notes"));
}

TEST_CASE("builder: a new layer has the settings that its form shows") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  const auto panel = [&] { return builder(); };
  gui.press("block/1", panel);
  gui.press("model/add", panel);
  CHECK(asked_for<action::Check>(gui.press("layer/Dense", panel)));
  CHECK(builder.ui.network.layer(2)->dump() ==
        R"({"class_name":"Dense","config":{"units":32,"name":"dense_1"}})");
}

TEST_CASE(
    "builder: an invalid edit says what is wrong, moves nothing, and shows no shapes of another network") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  builder.model.rows = {{1, "flatten", "Flatten", {3072}}, {2, "dense", "Dense", {10}, 30730}};
  const auto panel = [&] { return builder(); };
  gui.frame(panel);
  gui.frame(panel);
  const std::optional<ImVec4> before = WidgetRects::find("block/2");
  CHECK(WidgetRects::text("shape/2") == "10");
  builder.ui.network.insert(2, "Dense", Json::object({{"units", -1}}));
  builder.checked.config = builder.ui.network.config();
  builder.checked.error = "dense_1: units must be a whole number from 1, not -1";
  builder.checked.error_layer = 2;
  gui.frame(panel);
  gui.frame(panel);
  CHECK(WidgetRects::text("model/problem") == builder.checked.error);
  CHECK(WidgetRects::text("shape/1") == "3,072");
  CHECK(WidgetRects::text("shape/2") == "");
  CHECK(WidgetRects::text("shape/3") == "");
  const std::optional<ImVec4> after = WidgetRects::find("block/2");
  REQUIRE((before && after));
  CHECK(before->y == after->y);
  const UiRequest shown = gui.press("model/show", panel);
  REQUIRE(asked_for<action::ShowLayer>(shown));
  CHECK(asked_for<action::ShowLayer>(shown)->layer == 2);
}

TEST_CASE("builder: a preset is built by its name, from the head of the card and from its menu") {
  for (const char* list : {"model/preset", "model/menu"}) {
    CAPTURE(list);
    HeadlessGui gui(ImVec2(400, 900));
    Builder builder;
    const auto panel = [&] { return builder(); };
    gui.press(list, panel);
    const UiRequest asked = gui.press("preset/small", panel);
    REQUIRE(asked_for<action::Build>(asked));
    CHECK(asked_for<action::Build>(asked)->preset == "small");
  }
}

TEST_CASE("builder: the network is shown as a picture in one press") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  const UiRequest asked = gui.press("model/picture", [&] { return builder(); });
  REQUIRE(asked_for<action::Show>(asked));
  CHECK(asked_for<action::Show>(asked)->place == action::Place::network);
}

TEST_CASE("builder: above the layers stands which ready-made network it is") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  const auto shown = [&] {
    gui.frame([&] { return builder(); });
    gui.frame([&] { return builder(); });
    return WidgetRects::text("model/preset");
  };
  CHECK(shown() == "Ready-made networks");
  REQUIRE_FALSE(builder.catalog.presets.empty());
  builder.model.name = builder.model.preset = builder.catalog.presets[0].name;
  builder.model.config = builder.ui.network.config();
  CHECK(shown() == builder.catalog.presets[0].title);
  builder.model.name = "sequential";  // the tutorial's network has Keras's name
  CHECK(shown() == builder.catalog.presets[0].title);
  builder.ui.network.insert(2, "Dense", Json::object({{"units", 7}}));
  CHECK(shown() == builder.catalog.presets[0].title + ", changed");
  builder.model.name = builder.catalog.presets[0].name;
  builder.model.config = builder.ui.network.config();  // the changed network is in use
  builder.model.preset.clear();
  CHECK(shown() == builder.catalog.presets[0].title + ", changed");
  builder.model.name = "my own";
  CHECK(shown() == "Ready-made networks");
}
