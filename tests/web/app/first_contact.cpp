// What a newcomer sees before anything is trained.
#include "imgui_internal.h"
#include "tests/web/app/app_page.h"
#include "web/app/controls/tab_stops.h"

using namespace playground;
using playground::test::kModel;
using playground::test::Page;
using playground::test::Ready;

TEST_SUITE_BEGIN("web/first_contact");

TEST_CASE("start: one sentence says what this is, and there are three things to press") {
  Ready page;
  page.frame();
  page.frame();
  CHECK(WidgetRects::text("start/about").find("learns to recognize pictures") != std::string::npos);
  SUBCASE("train now") {
    page.press("start/train");
    CHECK(page.last("fit"));
    CHECK_FALSE(WidgetRects::find("start/train"));  // it waits for the first batch
  }
  SUBCASE("try a trained network: its predictions are shown") {
    page.press("own/vgg_bn");
    REQUIRE(page.last("load_model"));
    CHECK(page.app.ui().tab == Tab::curves);
    page.reply("load_model", kModel);
    CHECK(page.app.ui().tab == Tab::predictions);
    CHECK(page.app.ui().predictions_of == PredictionsOf::own);  // the pictures loaded are synthetic
  }
  SUBCASE("learn") {
    page.press("start/learn");
    CHECK(page.app.ui().tab == Tab::learn);
  }
}

TEST_CASE("start: messages about link and storage stay when the first network and data arrive") {
  Page page;
  page.app.start();
  SUBCASE("link") { page.app.carry_out(action::OpenLink{"v=1&nonsense"}); }
  SUBCASE("storage") {
    page.event("failure", R"({"code":"no_storage","message":"Nothing is stored here."})");
  }
  REQUIRE(page.app.state().notice);
  const std::string said = page.app.state().notice->message;
  page.event("model", kModel);
  page.event("dataset", playground::test::kDataset);
  REQUIRE(page.app.state().notice);
  CHECK(page.app.state().notice->message == said);
}

TEST_CASE("start: on every window the three things fit") {
  for (const ImVec2 size : {ImVec2(360, 640), ImVec2(390, 844), ImVec2(820, 1180), ImVec2(2560, 1300)}) {
    CAPTURE(size.x);
    Ready page;
    ImGui::GetIO().DisplaySize = size;
    page.frame();
    page.frame();
    for (const char* name : {"start/about", "start/train", "own/vgg_bn", "start/learn"}) {
      CAPTURE(std::string(name));
      const auto rect = WidgetRects::find(name);
      REQUIRE(rect);
      CHECK(rect->x >= 0);
      CHECK(rect->x + rect->z <= size.x);
      CHECK(rect->y + rect->w <= size.y);
    }
  }
}

TEST_CASE("start: the true classes below the pictures do not pass for predictions") {
  Ready page;
  const std::vector<std::uint8_t> bytes(kPictureBytes, 100);
  const Payload pictures{bytes.data(), static_cast<std::uint32_t>(bytes.size())};
  for (const Page::Sent& sent : page.sent)
    if (sent.type == "pictures" && number_in(sent.args, "count") == 16)
      page.receive(R"({"id":)" + std::to_string(sent.id) + R"(,"args":{"indices":[0],"labels":[1]}})",
                   {&pictures, 1});
  page.frame();
  page.frame();
  CHECK(WidgetRects::text("strip/heading") == "True classes; nothing is predicted yet");
  CHECK(WidgetRects::text("strip/0").empty());
  page.train();
  const std::vector<float> sure{0.75f, 0.25f};
  const Payload shares{reinterpret_cast<const std::uint8_t*>(sure.data()), 8};
  page.receive(R"({"id":)" + std::to_string(page.last("predict")->id) + R"(,"args":{}})", {&shares, 1});
  page.frame();
  page.frame();
  CHECK(WidgetRects::text("strip/heading") == "Current predictions");
  CHECK(WidgetRects::text("strip/0") == "cat is dog 25.0 %");
}

TEST_CASE("strip: a press on a picture, or Enter on it, looks inside the network with it") {
  Ready page;
  ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  const auto fill = [&](const char* args) {
    const std::vector<std::uint8_t> bytes(2 * kPictureBytes, 100);
    const Payload pictures{bytes.data(), static_cast<std::uint32_t>(bytes.size())};
    const Page::Sent* asked = nullptr;
    for (const Page::Sent& sent : page.sent)
      if (sent.type == "pictures" && number_in(sent.args, "count") == 16) asked = &sent;
    REQUIRE(asked);
    page.receive(R"({"id":)" + std::to_string(asked->id) + R"(,"args":)" + args + "}", {&pictures, 1});
  };
  fill(R"({"indices":[0,7],"labels":[1,0]})");
  page.train();
  const InsidePanel& inside = page.app.ui().inside;
  SUBCASE("pointer") {
    page.press("strip/1");
    CHECK(page.app.ui().tab == Tab::inside);
    CHECK(inside.source == InsidePanel::test);
    CHECK(inside.index == 7);
  }
  SUBCASE("keyboard") {
    TabStops::enter(false);
    page.frame(), page.frame();
    const auto key = [&](ImGuiKey which) {
      ImGui::GetIO().AddKeyEvent(which, true);
      page.frame();
      ImGui::GetIO().AddKeyEvent(which, false);
      page.frame(), page.frame();
    };
    const auto on = [](const char* name) {
      for (const Widget& w : WidgetRects::all())
        if (w.name == name && w.item == ImGui::GetFocusID()) return true;
      return false;
    };
    for (int i = 0; i < 100 && !on("strip/0"); ++i) key(ImGuiKey_Tab);
    REQUIRE(on("strip/0"));
    key(ImGuiKey_RightArrow);
    REQUIRE(on("strip/1"));
    key(ImGuiKey_Enter);
    CHECK(page.app.ui().tab == Tab::inside);
    CHECK(inside.index == 7);
  }
  SUBCASE("a picture held out from the training pictures") {
    page.event("run", R"({"epochs":2,"history":[],"global_step":0,"validation_split":0.1})");
    fill(R"({"indices":[1800,1801],"labels":[1,0]})");
    page.press("strip/1");
    CHECK(page.app.ui().tab == Tab::inside);
    CHECK(inside.source == InsidePanel::train);
    CHECK(inside.index == 1801);
  }
}

TEST_SUITE_END();
