// The builder: what an edit of the network requests.
#include "web/app/panels/builder.h"

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "tests/web/app/ui_request.h"
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
  CHECK(asked_for<action::Check>(gui.press("model/discard", panel)));
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

TEST_CASE("builder: a preset is built by its name") {
  HeadlessGui gui(ImVec2(400, 900));
  Builder builder;
  const auto panel = [&] { return builder(); };
  gui.press("model/menu", panel);
  const UiRequest asked = gui.press("preset/small", panel);
  REQUIRE(asked_for<action::Build>(asked));
  CHECK(asked_for<action::Build>(asked)->preset == "small");
}
