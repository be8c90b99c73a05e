// The panels of the data set: its sources, and its pictures.
#include "doctest/doctest.h"
#include "tests/web/app/app_page.h"
#include "tests/web/app/ui_request.h"
#include "web/app/panels/data.h"
#include "web/app/panels/pictures.h"
#include "web/app/state/messages.h"

using namespace playground;
using playground::test::asked_for;
using playground::test::HeadlessGui;
using playground::test::kNames;
using playground::test::Started;

TEST_SUITE_BEGIN("web/data_panels");

TEST_CASE("data: without pictures every source is offered; the server's own only if it exists") {
  HeadlessGui gui(ImVec2(400, 800));
  DataPanel ui;
  DataSetInfo data;
  Sources sources;
  LoadProgress loading;
  PictureAtlas pictures(10);
  const std::vector<int> labels;
  const auto panel = [&] { return draw(ui, DataState{data, sources, loading, pictures, labels}); };
  const UiRequest sample = gui.press("source/sample", panel);
  REQUIRE(asked_for<action::LoadData>(sample));
  CHECK(asked_for<action::LoadData>(sample)->source == "sample");
  CHECK_FALSE(WidgetRects::find("source/cifar10"));
  sources.beside_page = true;
  const UiRequest real = gui.press("source/cifar10", panel);
  REQUIRE(asked_for<action::LoadData>(real));
  CHECK(asked_for<action::LoadData>(real)->source == "cifar10");
  loading.running = true;
  CHECK(asked_for<action::CancelLoad>(gui.press("load/cancel", panel)));
}

TEST_CASE("data: stored data can be deleted, and a press on the preview shows all pictures") {
  HeadlessGui gui(ImVec2(400, 800));
  DataPanel ui;
  DataSetInfo data;
  Sources sources;
  const LoadProgress loading;
  PictureAtlas pictures(10);
  const std::vector<std::uint8_t> bytes(3 * kPictureBytes, 128);
  pictures.assign(bytes);
  const std::vector<int> labels{0, 1, 2};
  const auto panel = [&] { return draw(ui, DataState{data, sources, loading, pictures, labels}); };
  CHECK_FALSE(asked_for<action::ForgetData>(gui.press("data/forget", panel)));
  sources.kept_label = "CIFAR-10";
  CHECK(asked_for<action::ForgetData>(gui.press("data/forget", panel)));
  data.train.count = 100;
  data.class_names = kNames;
  CHECK(asked_for<action::ShowData>(gui.press("data/look", panel)));
}

TEST_CASE("data: one line says what a load read and skipped, and expands to the list") {
  HeadlessGui gui(ImVec2(400, 800));
  DataPanel ui;
  const DataSetInfo data = read_dataset(*cnn::parse_json(R"({"label":"zoo","class_names":["ant","bee"],
      "train":{"count":8},"test":{"count":2},
      "report":{"line":"Classes by folder; 7 files left out.","notes":["The class bee has no test pictures."],
                "left_out":[{"why":"not pictures","count":7,"names":["a.txt","b.txt"]}]}})"));
  const Sources sources;
  const LoadProgress loading;
  PictureAtlas pictures(10);
  const std::vector<int> labels;
  const auto panel = [&] { return draw(ui, DataState{data, sources, loading, pictures, labels}); };
  gui.frame(panel);
  REQUIRE(WidgetRects::find("data/report"));
  CHECK(WidgetRects::text("data/report") == std::string("Classes by folder; 7 files left out."));
  CHECK_FALSE(WidgetRects::find("data/left_out"));
  gui.press("data/details", panel);
  gui.frame(panel);
  CHECK(WidgetRects::text("data/left_out") ==
        std::string("The class bee has no test pictures.\nSkipped, not pictures: a.txt, b.txt and 5 more\n"));
}

TEST_CASE("data: an invalid share to hold out stays as typed, is marked, and Train waits for it") {
  Started page;
  page.press("tab/pictures");
  page.press("pictures/validation/Held out");
  CHECK(number_in(page.app.ui().training.fit, "validation_split") > 0);
  page.app.carry_out(action::HoldOut{0, "200 %"});
  page.frame();
  page.frame();
  CHECK(WidgetRects::text("pictures/share/value") == "200 %");
  CHECK(WidgetRects::text("pictures/share/accepts") == "1 % to 95 %");
  page.press("train");
  CHECK_FALSE(page.last("fit"));
  REQUIRE(page.app.state().notice);
  CHECK(page.app.state().notice->message ==
        "Validation split is 200 %; it must be 1 % to 95 %. Correct this value to start training.");
  page.app.carry_out(action::HoldOut{0.2});
  CHECK_FALSE(page.app.state().notice);
  page.press("train");
  CHECK(number_in(page.last("fit")->args, "validation_split") == 0.2);
}

namespace {

/// A data set of three classes whose training pictures come in pages; picture i has gray level i % 200.
struct Gallery {
  DataSetInfo data;
  PicturePages pages;
  LookedAt closely;
  PicturesPanel ui;

  Gallery() {
    data.label = "Sample pictures";
    data.class_names = kNames;
    data.train = {50000, {30000, 20000, 0}, {0.5, 0.4, 0.3}, {0.2, 0.2, 0.2}};
    data.test = {100, {40, 30, 30}, {0.5, 0.4, 0.3}, {0.2, 0.2, 0.2}};
  }
  void fill(int page) {
    std::vector<double> indices, labels;
    std::vector<std::uint8_t> rgb;
    for (int i = page * PicturePages::kPage; i < (page + 1) * PicturePages::kPage; ++i) {
      indices.push_back(i);
      labels.push_back(i % 2);
      rgb.insert(rgb.end(), kPictureBytes, static_cast<std::uint8_t>(i % 200));
    }
    pages.fill(page, indices, labels, rgb);
  }
  UiRequest draw_wide() { return draw(ui, PicturesState{data, pages, closely, 0}, false); }
};

}  // namespace

TEST_CASE("pictures: of 50,000 only the visible ones are requested, and a press enlarges one") {
  HeadlessGui gui;
  Gallery g;
  const auto panel = [&] { return g.draw_wide(); };
  gui.frame(panel);
  CHECK(g.ui.first == 0);
  CHECK((g.ui.last > 20 && g.ui.last < 500));
  CHECK(g.pages.missing(g.ui.first, g.ui.last) == 0);
  g.fill(0);
  CHECK_FALSE(g.pages.missing(0, PicturePages::kPage - 1));
  const UiRequest asked = gui.press("pictures/cell/7", panel);
  REQUIRE(asked_for<action::LookAt>(asked));
  CHECK(asked_for<action::LookAt>(asked)->index == 7);
  CHECK_FALSE(asked_for<action::LookAt>(asked)->test);
}

TEST_CASE("pictures: choosing another class or split drops the pages of the previous one") {
  HeadlessGui gui;
  Gallery g;
  const auto panel = [&] { return g.draw_wide(); };
  gui.frame(panel);
  g.fill(0);
  const int before = g.pages.generation();
  gui.press("pictures/class/1", panel);
  CHECK(g.pages.set() == PicturePages::Set{false, 1});
  CHECK(g.pages.generation() > before);
  CHECK(g.pages.held() == 0);
  gui.press("pictures/split/Test", panel);
  CHECK(g.pages.set().test);
  CHECK(g.ui.last < 30);  // the class has no more
}

TEST_CASE("pictures: the number of pages held is bounded, and visible pages are kept") {
  HeadlessGui gui;
  Gallery g;
  for (int page = 0; page < 3 * PicturePages::kMost; ++page) {
    g.fill(page);
    REQUIRE(g.pages.at(0));  // always visible
  }
  CHECK(g.pages.held() == PicturePages::kMost);
  const auto last = g.pages.at((3 * PicturePages::kMost - 1) * PicturePages::kPage);
  REQUIRE(last);
  CHECK(last->index == (3 * PicturePages::kMost - 1) * PicturePages::kPage);
  CHECK(last->atlas.pixel(last->place, 3, 4)[1] == last->index % 200);
}

TEST_CASE("pictures: the share of training pictures held out for validation can be set") {
  HeadlessGui gui;
  Gallery g;
  double share = 0;
  const auto panel = [&] { return draw(g.ui, PicturesState{g.data, g.pages, g.closely, share}, false); };
  const UiRequest held = gui.press("pictures/validation/Held out", panel);
  REQUIRE(asked_for<action::HoldOut>(held));
  share = asked_for<action::HoldOut>(held)->share;
  CHECK(share == doctest::Approx(0.1));
  const UiRequest more = gui.press("pictures/share/more", panel);
  REQUIRE(asked_for<action::HoldOut>(more));
  CHECK(asked_for<action::HoldOut>(more)->share == doctest::Approx(0.15));
  const UiRequest back = gui.press("pictures/validation/Test set", panel);
  REQUIRE(asked_for<action::HoldOut>(back));
  CHECK(asked_for<action::HoldOut>(back)->share == 0);
}
