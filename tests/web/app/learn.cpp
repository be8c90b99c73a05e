// The Learn tab: every chapter opens, wide and narrow, and its experiments can be set up.
#include "web/app/learn/learn.h"

#include <variant>

#include "core/model/model.h"
#include "tests/web/app/learn_reader.h"
#include "web/app/learn/chapters_json.h"
#include "web/app/state/share.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("web/learn");

TEST_CASE("learn: every chapter opens, wide and narrow, with a caption") {
  for (const ChapterType* type : chapters()) {
    CAPTURE(type->name);
    std::string wide;
    for (const bool narrow : {false, true}) {
      CAPTURE(narrow);
      Reader reader;
      if (narrow) ImGui::GetIO().DisplaySize = ImVec2(390, 844);
      reader.narrow = narrow;
      reader.open(type->name);
      CHECK(reader.says().size() > 20);
      if (narrow) CHECK(reader.says() == wide);
      wide = reader.says();
    }
  }
}

TEST_CASE("learn: next and previous walk through the chapters") {
  Reader reader;
  const int last = static_cast<int>(chapters().size()) - 1;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);  // the buttons are below the text
  for (int i = 0; i < last; ++i) {
    CHECK(reader.panel.open == i);
    reader.press("learn/next");
  }
  CHECK(reader.panel.open == last);
  reader.press("learn/next");
  CHECK(reader.panel.open == last);
  for (int i = last; i > 0; --i) reader.press("learn/previous");
  CHECK(reader.panel.open == 0);
}

TEST_CASE("learn: the list of chapters opens them") {
  Reader reader;
  const char* name = chapters().back()->name;
  reader.gui.press(std::string("learn/") + name, [&] {
    draw_contents(reader.panel);
    return std::optional<int>();
  });
  CHECK(chapters()[static_cast<std::size_t>(reader.panel.open)]->name == std::string(name));
  CHECK_FALSE(reader.panel.go_to("no such chapter"));
}

TEST_CASE("learn: every experiment is a valid link with a network that can be built") {
  const Catalog state = catalog();
  for (const ChapterType* type : chapters()) {
    CHECK_FALSE(type->experiments.empty());
    for (const Experiment& experiment : type->experiments) {
      CAPTURE(experiment.name);
      const auto shared = read_hash(experiment.hash, state);
      REQUIRE_MESSAGE(shared, shared.error().message);
      CHECK((!shared->preset.empty() || !shared->config.is_null()));
      const auto fit = cnn::FitOptions::from_json(shared->fit);
      CHECK_MESSAGE(fit, fit.error().message);
      if (shared->config.is_null()) continue;
      const auto model = cnn::Model::from_config(shared->config);
      CHECK_MESSAGE(model, model.error().message);
      CHECK(model->output_shape() == cnn::Shape{10});
    }
  }
}

TEST_CASE("learn: an experiment asks before it replaces trained weights") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);
  reader.open("convolution");
  const Experiment& experiment = chapters()[0]->experiments[0];
  const std::string name = std::string("experiment/") + experiment.name;
  const UiRequest at_once = reader.press(name);
  REQUIRE(at_once);
  CHECK(std::get<action::OpenLink>(*at_once).hash == experiment.hash);
  CHECK(std::get<action::OpenLink>(*at_once).about.find(experiment.label) == 0);
  reader.at_stake = true;
  CHECK_FALSE(reader.press(name));
  const UiRequest confirmed = reader.press("experiment/yes");
  REQUIRE(confirmed);
  CHECK(std::get<action::OpenLink>(*confirmed).hash == experiment.hash);
}

TEST_CASE("learn: the text is exported for the page's plain form") {
  const Json json = chapters_as_json();
  REQUIRE(json.elements());
  REQUIRE(json.elements()->size() == chapters().size());
  const Json& first = json.elements()->front();
  CHECK(*first.find("name") == Json("convolution"));
  CHECK(first.find("text")->elements()->size() == chapters()[0]->text.size());
  CHECK(first.dump().find('*') == std::string::npos);
  CHECK(first.dump().find(R"(["strong","kernel "])") != std::string::npos);
  for (std::size_t i = 0; i < chapters().size(); ++i) {
    const Json::Array& experiments = list_in((*json.elements())[i], "experiments");
    REQUIRE(experiments.size() == chapters()[i]->experiments.size());
    for (const Json& experiment : experiments) {
      CAPTURE(text_in(experiment, "name"));
      CHECK((experiment.find("preset") || experiment.find("config")));
      CHECK(cnn::FitOptions::from_json(*experiment.find("fit")));
    }
  }
}

TEST_SUITE_END();

}  // namespace
TEST_CASE("learn: consecutive rows have the same number of cells, and only rows are divided") {
  const Json all = chapters_as_json();
  int rows = 0;
  for (const Json& chapter : *all.elements()) {
    std::size_t cells_above = 0;
    for (const Json& passage : *chapter.find("text")->elements()) {
      const std::size_t cells = passage.find("cells")->elements()->size();
      const bool row = *passage.find("kind") == Json("row");
      const std::string text = passage.dump();
      CAPTURE(text);
      if (!row) CHECK(cells == 1);
      if (row && cells_above > 0) CHECK(cells == cells_above);
      CHECK(text.find('|') == std::string::npos);
      cells_above = row ? cells : 0;
      rows += row;
    }
  }
  CHECK(rows > 0);
}

}  // namespace playground::test
