// The Learn tab: every chapter opens and computes, its controls change what it shows, its experiments can be
// set up.
#include "web/app/learn/learn.h"

#include "core/fit_options.h"
#include "core/layers/layer.h"
#include "core/model.h"
#include "core/presets.h"
#include "core/random.h"
#include "doctest/doctest.h"
#include "tests/web/headless.h"
#include "web/app/learn/convolution.h"
#include "web/app/learn/prose.h"
#include "web/app/messages.h"
#include "web/app/share.h"

using namespace playground;
using playground::test::HeadlessGui;

TEST_SUITE_BEGIN("web/learn");

namespace {

/// Noise with a bright corner that differs from class to class: something to learn, and no two pictures
/// alike.
void draw_pictures(LessonPictures& pictures, int count, std::uint64_t seed) {
  cnn::RandomStream random(seed, cnn::RandomPurpose::shuffle, 0, 0);
  std::uint64_t at = 0;
  for (int i = 0; i < count; ++i) {
    const int label = i % 10;
    pictures.labels.push_back(label);
    for (int pixel = 0; pixel < kPictureSide * kPictureSide; ++pixel)
      for (int channel = 0; channel < 3; ++channel) {
        const bool bright = pixel / kPictureSide / 8 * 4 + pixel % kPictureSide / 8 == label;
        pictures.rgb.push_back(static_cast<std::uint8_t>(random.number(at++) % 128 + (bright ? 100 : 0)));
      }
  }
  pictures.first.assign(pictures.rgb);
}

const std::vector<std::string> kNames = {"airplane", "automobile", "bird",  "cat",  "deer",
                                         "dog",      "frog",       "horse", "ship", "truck"};

/// A reader: opens chapters, presses, and reads what they say.
struct Reader {
  HeadlessGui gui;
  LearnPanel panel;
  LessonPictures train, test;
  Evaluation evaluation;
  std::vector<Run> runs;
  bool narrow = false, at_stake = false;

  Reader() {
    draw_pictures(train, 60, 1);
    draw_pictures(test, 40, 2);
  }
  Lesson lesson() { return {panel.exec, train, test, 1, kNames, evaluation, runs, narrow}; }
  Asked draw_once() { return draw(panel, lesson(), at_stake); }
  void frame() {
    gui.frame([this] { return draw_once(); });
  }
  void open(const char* name) {
    REQUIRE(panel.go_to(name));
    frame();
    frame();
  }
  std::string says() { return panel.chapter->outcome(); }
  Asked press(const std::string& name) {
    REQUIRE_MESSAGE(find(name), name);
    return gui.press(name, [this] { return draw_once(); });
  }
  std::optional<ImVec4> find(const std::string& name) {
    frame();
    frame();
    return WidgetRects::find(name);
  }
  /// Moves the pointer to a place within a widget, in shares of its size, and optionally drags from there.
  void point(const std::string& name, float x, float y) {
    const auto rect = find(name);
    REQUIRE_MESSAGE(rect, name);
    ImGui::GetIO().AddMousePosEvent(rect->x + x * rect->z, rect->y + y * rect->w);
    frame();
    frame();
  }
  void drag(const std::string& name, float from, float to) {
    point(name, from, 0.5f);
    ImGui::GetIO().AddMouseButtonEvent(0, true);
    frame();
    point(name, to, 0.5f);
    ImGui::GetIO().AddMouseButtonEvent(0, false);
    frame();
    frame();
  }
};

/// What `hello` tells the app of links' settings: the core's own descriptions.
Catalogue catalogue() {
  Json hello;
  hello["layer_types"] = cnn::describe_layer_types();
  hello["fit_fields"] = cnn::describe_fit_options();
  hello["presets"] = Json::array();
  for (const cnn::Preset& preset : cnn::presets())
    hello["presets"].push_back(
        Json::object({{"name", preset.name}, {"title", preset.title}, {"help", preset.help}}));
  return read_catalogue(hello);
}

}  // namespace

TEST_CASE("learn: every chapter opens, wide and narrow, and says what it shows") {
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

TEST_CASE("learn: every experiment is a link that the workbench takes, with a network that can be built") {
  const Catalogue known = catalogue();
  for (const ChapterType* type : chapters()) {
    CHECK_FALSE(type->experiments.empty());
    for (const Experiment& experiment : type->experiments) {
      CAPTURE(experiment.name);
      const auto shared = read_hash(experiment.hash, known);
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

TEST_CASE("learn: an experiment asks before it replaces what was learned") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);
  reader.open("convolution");
  const Experiment& experiment = chapters()[0]->experiments[0];
  const std::string name = std::string("experiment/") + experiment.name;
  const Asked at_once = reader.press(name);
  REQUIRE(at_once);
  CHECK(std::get<action::OpenLink>(*at_once).hash == experiment.hash);
  reader.at_stake = true;
  CHECK_FALSE(reader.press(name));
  const Asked confirmed = reader.press("experiment/yes");
  REQUIRE(confirmed);
  CHECK(std::get<action::OpenLink>(*confirmed).hash == experiment.hash);
}

TEST_CASE("learn: the text reaches the page's plain form") {
  const Json json = chapters_as_json();
  REQUIRE(json.elements());
  REQUIRE(json.elements()->size() == chapters().size());
  const Json& first = json.elements()->front();
  CHECK(*first.find("name") == Json("convolution"));
  CHECK(first.find("text")->elements()->size() == chapters()[0]->text.size());
  CHECK(first.dump().find('*') == std::string::npos);
}

TEST_CASE("convolution chapter: the products on screen add up to the layer's output, at every place") {
  for (const bool colour : {false, true}) {
    CAPTURE(colour);
    Reader reader;
    reader.open("convolution");
    if (colour) reader.press("convolution/colour/Colour: a filter of three");
    auto& chapter = dynamic_cast<ConvolutionChapter&>(*reader.panel.chapter);
    for (const float place : {0.02f, 0.3f, 0.55f, 0.98f}) {
      reader.point("convolution/output", place, 1 - place);
      const ConvolutionChapter::Walk walk = chapter.walk();
      CHECK(walk.channels == (colour ? 3 : 1));
      double sum = 0, magnitude = 0;
      for (const float product : walk.products) sum += product, magnitude += std::abs(product);
      CHECK(std::abs(sum - walk.output) <= 28 * 0x1p-23 * magnitude);
    }
  }
}

TEST_CASE("convolution chapter: its map is that of a Conv2D of the core with the same kernel") {
  Reader reader;
  reader.open("convolution");
  auto& chapter = dynamic_cast<ConvolutionChapter&>(*reader.panel.chapter);
  constexpr float kSobel[] = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
  const std::vector<float> grey = grey_values(picture_values(reader.lesson(), 0));
  REQUIRE(chapter.output().size() == 30 * 30);
  for (int row = 0; row < 30; ++row)
    for (int column = 0; column < 30; ++column) {
      double sum = 0;
      for (int i = 0; i < 9; ++i)
        sum += kSobel[i] *
               static_cast<double>(grey[static_cast<std::size_t>((row + i / 3) * 32 + column + i % 3)]);
      CHECK(chapter.output()[static_cast<std::size_t>(row * 30 + column)] ==
            doctest::Approx(sum).epsilon(1e-5));
    }
}

TEST_CASE("convolution chapter: kernel, preset, picture and pointer change what it says") {
  Reader reader;
  reader.open("convolution");
  std::string before = reader.says();
  const auto changed = [&] {
    const bool other = reader.says() != before;
    before = reader.says();
    return other;
  };
  reader.press("kernels/3");
  CHECK(changed());
  reader.press("convolution/picture/4");
  CHECK(changed());
  reader.point("convolution/input", 0.7f, 0.2f);
  CHECK(changed());
  reader.drag("kernel/4", 0.2f, 0.9f);
  CHECK(changed());
  reader.press("convolution/colour/Colour: a filter of three");
  CHECK(changed());
  CHECK(reader.says().find("green") != std::string::npos);
}
