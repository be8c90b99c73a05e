// The bar's figures after the trainer's events; tests/browser/shown.test.js compares the text version with
// the same.
#include <fstream>
#include <sstream>

#include "tests/web/app/app_page.h"

using namespace playground;
using playground::test::kDataset;
using playground::test::kModel;
using playground::test::Page;

TEST_SUITE_BEGIN("web/shown");

TEST_CASE("bar: its figures are those of the current network's training") {
  std::ifstream file(CNN_TESTS_DIR "/fixtures/shown.json", std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const auto fixture = cnn::parse_json(text.str());
  REQUIRE(fixture);
  const Json model = *cnn::parse_json(kModel);
  REQUIRE(list_in(*fixture, "cases").size() > 3);
  for (const Json& one : list_in(*fixture, "cases")) {
    CAPTURE(text_in(one, "why"));
    Page page;
    page.event("dataset", kDataset);
    for (const Json& event : list_in(one, "events")) {
      const std::string type = *(*event.elements())[0].string();
      Json args = (*event.elements())[1];
      if (type == "model")
        for (const auto& [key, value] : *model.members()) args[key] = value;
      page.event(type.c_str(), args.dump().c_str());
    }
    page.frame();
    page.frame();
    const Json& bar = *one.find("bar");
    for (const char* figure : {"epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "images/s"}) {
      CAPTURE(std::string(figure));
      CHECK(WidgetRects::text(std::string("metric/") + figure) == text_in(bar, figure));
    }
  }
}

TEST_SUITE_END();
