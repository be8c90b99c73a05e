// What a newcomer sees before anything is trained.
#include "imgui_internal.h"
#include "tests/web/app/app_page.h"
#include "web/app/controls/tab_stops.h"

using namespace playground;
using playground::test::kModel;
using playground::test::Page;
using playground::test::Ready;

TEST_SUITE_BEGIN("web/first_contact");

namespace {

/// Answers what the strip asked for with a picture.
void send_strip(Page& page) {
  const std::vector<std::uint8_t> bytes(kPictureBytes, 100);
  const Payload pictures{bytes.data(), static_cast<std::uint32_t>(bytes.size())};
  for (const Page::Sent& sent : page.sent)
    if (sent.type == "pictures" && number_in(sent.args, "count") == 16)
      page.receive(R"({"id":)" + std::to_string(sent.id) + R"(,"args":{"indices":[0],"labels":[1]}})",
                   {&pictures, 1});
}

}  // namespace

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
  send_strip(page);
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

TEST_CASE("strip: what comes there is said in as many lines as it needs") {
  Ready page;
  ImGui::GetIO().DisplaySize = ImVec2(360, 900);
  page.frame();
  page.frame();
  const auto words = WidgetRects::find("strip/coming");
  REQUIRE(words);
  CHECK(words->x + words->z <= 360);
}

TEST_CASE("curves: on a narrow page they take the height that is free, and pictures that come are whole") {
  Ready page;
  ImGui::GetIO().DisplaySize = ImVec2(820, 1180);
  const auto window = [](const char* part) {
    ImGuiWindow* first = nullptr;  // not what is in it: the names of those begin with its name
    for (ImGuiWindow* one : ImGui::GetCurrentContext()->Windows)
      if (one->WasActive && std::string_view(one->Name).find(part) != std::string_view::npos &&
          (first == nullptr || std::string_view(one->Name).size() < std::string_view(first->Name).size()))
        first = one;
    REQUIRE_MESSAGE(first, part);
    return first;
  };
  for (int i = 0; i < 4; ++i) page.frame();
  const float before = window("/panel_")->Rect().Max.y;
  CHECK(before > 1180 - 2 * 15);
  CHECK(before <= 1180);
  send_strip(page);
  page.frame();
  const auto picture = WidgetRects::find("strip/0");
  REQUIRE(picture);
  CHECK(picture->y + picture->w < before);
  for (int i = 0; i < 4; ++i) page.frame();
  CHECK(window("/panel_")->Rect().Max.y == before);
  page.train();
  for (int i = 0; i < 4; ++i) page.frame();
  CHECK(window("/panel_")->Rect().Max.y > 1180 - 2 * 15);
  CHECK(window("/panel_")->Rect().Max.y <= 1180);
  CHECK(window("/page_")->ScrollMax.y == 0);
}

TEST_CASE("bar: on a low page the figures that fit stand beside the buttons") {
  Ready page;
  page.train();
  for (const ImVec2 size : {ImVec2(640, 400), ImVec2(1000, 440), ImVec2(360, 300)}) {
    CAPTURE(size.x);
    ImGui::GetIO().DisplaySize = size;
    for (int i = 0; i < 4; ++i) page.frame();
    const auto theme = WidgetRects::find("theme"), stop = WidgetRects::find("stop");
    REQUIRE((theme && stop));
    int shown = 0;
    for (const char* name : {"metric/epoch", "metric/loss", "metric/accuracy", "metric/val_loss"}) {
      const auto metric = WidgetRects::find(name);
      if (!metric) continue;
      ++shown;
      CHECK(metric->x > stop->x + stop->z);
      CHECK(metric->x + metric->z < theme->x);
      CHECK(metric->y < theme->y + theme->w);
    }
    if (size.x > 600) CHECK(shown >= 3);
  }
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
