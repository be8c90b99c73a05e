// The Learn tab: every chapter opens and computes, its controls change what it shows, its experiments can be
// set up.
#include "web/app/learn/learn.h"

#include <cmath>
#include <cstdlib>
#include <variant>

#include "core/fit_options.h"
#include "core/layers/layer.h"
#include "core/model.h"
#include "core/presets.h"
#include "core/random.h"
#include "doctest/doctest.h"
#include "tests/web/headless.h"
#include "web/app/learn/convolution.h"
#include "web/app/learn/prose.h"
#include "web/app/learn/small_training.h"
#include "web/app/learn/speedrun.h"
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
  Measured measured;
  DataSetInfo data;
  Training training;

  Reader() {
    draw_pictures(train, 60, 1);
    draw_pictures(test, 40, 2);
  }
  Lesson lesson() {
    return {panel.exec, train, test, 1, kNames, evaluation, runs, narrow, measured, data, training};
  }
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
    ImGui::GetIO().AddMousePosEvent(rect->x + x * rect->z + 1, rect->y + y * rect->w);
    frame();
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
  CHECK(first.dump().find("*") == std::string::npos);
  CHECK(first.dump().find(R"(["strong","kernel "])") != std::string::npos);
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

namespace {

/// Whether what is said is another than before; remembers it.
struct Heard {
  Reader& reader;
  std::string before = reader.says();
  bool changed() {
    reader.frame();
    const bool other = reader.says() != before;
    before = reader.says();
    return other;
  }
};

bool says(Reader& reader, std::string_view words) { return reader.says().find(words) != std::string::npos; }

/// The first number after these words.
double number_after(Reader& reader, std::string_view words) {
  const std::string all = reader.says();
  const std::size_t at = all.find(words);
  REQUIRE_MESSAGE(at != std::string::npos, all);
  return std::strtod(all.c_str() + at + words.size(), nullptr);
}

}  // namespace

TEST_CASE("padding chapter: the map is as large as the formulas say, for every kernel, stride and padding") {
  Reader reader;
  reader.open("padding");
  const int n = 7;
  for (const int k : {1, 2, 3})
    for (const int s : {1, 2, 3})
      for (const bool same : {false, true}) {
        CAPTURE(k);
        CAPTURE(s);
        CAPTURE(same);
        reader.press("windows/kernel/" + std::to_string(k));
        reader.press("windows/stride/" + std::to_string(s));
        reader.press(same ? "windows/padding/same" : "windows/padding/valid");
        const std::string out = std::to_string(same ? (n + s - 1) / s : (n - k) / s + 1);
        CHECK(says(reader, "*" + out + " \u00d7 " + out + "* come out"));
        const std::string whole = std::to_string(same ? (32 + s - 1) / s : (32 - k) / s + 1);
        CHECK(says(reader, "makes " + whole + " \u00d7 " + whole));
      }
}

TEST_CASE("padding chapter: picture, size and pointer change what it says") {
  Reader reader;
  reader.open("padding");
  Heard heard{reader};
  reader.press("windows/picture/3");
  CHECK(heard.changed());
  reader.point("windows/output", 0.9f, 0.9f);
  CHECK(heard.changed());
  reader.point("windows/input", 0.1f, 0.1f);
  CHECK(heard.changed());
  reader.drag("windows/size", 0.5f, 0.95f);
  CHECK(heard.changed());
}

TEST_CASE("activations chapter: values and slopes are those of the functions") {
  struct Case {
    const char* name;
    double value, slope;  // at x = 1
  };
  const double e = std::exp(1.0), s = 1 / (1 + 1 / e), t = std::tanh(1.0);
  const double cdf = 0.5 * (1 + std::erf(1 / std::sqrt(2.0))),
               pdf = std::exp(-0.5) / std::sqrt(2 * 3.14159265358979);
  const Case cases[] = {
      {"sigmoid", s, s * (1 - s)}, {"tanh", t, 1 - t * t}, {"ReLU", 1, 1}, {"leaky", 1, 1}, {"ELU", 1, 1},
      {"GELU", cdf, cdf + pdf},    {"maxout", 1, 1}};
  Reader reader;
  reader.open("activations");
  for (const Case& c : cases) {
    CAPTURE(c.name);
    reader.press(std::string("activations/") + c.name);
    CHECK(number_after(reader, "makes ") == doctest::Approx(c.value).epsilon(1e-3));
    CHECK(number_after(reader, "slope of ") == doctest::Approx(c.slope).epsilon(1e-3));
  }
}

TEST_CASE("activations chapter: sliders change what it says, and the gradient vanishes with depth") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 2000);
  reader.open("activations");
  const double eight = number_after(reader, "with ReLU: ");
  CHECK(number_after(reader, "ReLU: ") == eight);
  Heard heard{reader};
  reader.drag("activations/x", 0.6f, 0.2f);
  CHECK(heard.changed());
  reader.press("activations/ELU");
  CHECK(heard.changed());
  reader.drag("activations/alpha", 0.5f, 0.1f);
  CHECK(heard.changed());
  reader.press("activations/maxout");
  CHECK(heard.changed());
  reader.drag("activations/slope1", 0.4f, 0.05f);
  CHECK(heard.changed());
  reader.press("activations/sigmoid");
  reader.drag("activations/depth", 0.45f, 0.02f);
  CHECK(says(reader, "times as much"));
  const std::string all = reader.says();
  const auto times = [](const std::string& words) {
    const std::size_t end = words.find(" times as much");
    return std::strtod(words.c_str() + words.rfind(' ', end - 1), nullptr);
  };
  reader.drag("activations/depth", 0.02f, 0.6f);
  CHECK(times(reader.says()) > 100 * times(all));
}

TEST_CASE("pooling chapter: the sum is the average times the cells, and every control changes what it says") {
  Reader reader;
  reader.open("pooling");
  for (const int size : {2, 3, 4}) {
    CAPTURE(size);
    reader.press("pooling/size/" + std::to_string(size));
    const double max = number_after(reader, "max "), average = number_after(reader, "average "),
                 sum = number_after(reader, "sum ");
    CHECK(average <= max);
    CHECK(sum == doctest::Approx(average * size * size).epsilon(0.01));
  }
  Heard heard{reader};
  reader.press("pooling/stride/3");
  CHECK(heard.changed());
  CHECK(says(reader, "leave 9 \u00d7 9"));  // (30 - 4) / 3 + 1
  reader.press("pooling/picture/2");
  CHECK(heard.changed());
  reader.point("pooling/max", 0.9f, 0.2f);
  CHECK(heard.changed());
  reader.point("pooling/input", 0.4f, 0.5f);
  CHECK(heard.changed());
  reader.drag("pooling/shift", 0.05f, 0.5f);
  CHECK(says(reader, "changed the map by"));
}

TEST_CASE("softmax chapter: it has learned more than guessing, and logits decide the probabilities") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 1200);
  reader.open("softmax");
  CHECK(number_after(reader, "networks gets ") > 30);
  CHECK(says(reader, "The network says"));
  Heard heard{reader};
  reader.press("classes/picture/3");
  CHECK(heard.changed());
  reader.press("classes/name/7");
  CHECK(heard.changed());
  CHECK(says(reader, "For horse the logit is"));
  reader.drag("classes/logit/7", 0.5f, 0.99f);
  CHECK(says(reader, "These logits say *horse*"));
  const double share = number_after(reader, ", is ") / 100;
  const double top = std::exp(number_after(reader, "e^")), all = number_after(reader, "the sum of all, ");
  CHECK(share == doctest::Approx(top / all).epsilon(0.02));
  reader.press("classes/own");
  CHECK(says(reader, "The network says"));
}

TEST_CASE("training chapter: steps at the right rate go downhill, too large ones do not") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 1600);
  reader.open("training");
  const double start = number_after(reader, "the loss is ");
  Heard heard{reader};
  reader.press("training/step");
  CHECK(heard.changed());
  CHECK(says(reader, "After 1 step "));
  for (int i = 0; i < 5; ++i) reader.press("training/epoch");
  const double later = number_after(reader, "the loss is ");
  CHECK(later < 0.8 * start);
  reader.press("training/batch/60");
  CHECK(says(reader, "a batch of 60"));
  reader.press("training/again");
  CHECK(says(reader, "After 0 steps"));
  reader.press("training/too small");
  reader.press("training/epoch");
  const double slow = number_after(reader, "the loss is ");
  CHECK(slow < start * 1.2);
  CHECK(slow > later);
  reader.press("training/again");
  reader.press("training/diverging");
  reader.press("training/epoch");
  const bool worse = says(reader, "diverged") || number_after(reader, "the loss is ") > start;
  CHECK(worse);
}

TEST_CASE("training chapter: the loss it predicts along the gradient is what the step gives") {
  Reader reader;
  SmallTraining training(reader.lesson(), 4, {layer("Dense", {{"units", 10}, {"activation", "softmax"}})});
  REQUIRE(training.ready());
  const int all = training.pictures();
  constexpr double kRates[] = {0, 0.2};
  const std::vector<double> predicted = training.along_gradient(reader.panel.exec, kRates, all);
  const double before = training.step(reader.panel.exec, 0.2, all);
  CHECK(before == doctest::Approx(predicted[0]).epsilon(1e-6));
  CHECK(training.on_training(reader.panel.exec).loss == doctest::Approx(predicted[1]).epsilon(1e-5));
  CHECK(predicted[1] < predicted[0]);
}

TEST_CASE("training chapter: reads the workbench's run") {
  Reader reader;
  Run run;
  for (int epoch = 1; epoch <= 5; ++epoch) {
    HistoryRow row;
    row.epoch = epoch;
    row.accuracy = 0.4 + 0.08 * epoch;
    row.val_accuracy = 0.6;
    row.val_loss = std::abs(epoch - 3) + 1.0;
    run.history.push_back(row);
  }
  reader.runs.push_back(run);
  ImGui::GetIO().DisplaySize = ImVec2(1280, 2000);
  reader.open("training");
  CHECK(reader.find("legend/The workbench's run/validation"));
  reader.runs.clear();
  CHECK_FALSE(reader.find("legend/The workbench's run/validation"));
}

TEST_CASE("judging chapter: precision and recall of the workbench's matrix, worked out") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 1600);
  reader.evaluation.classes = 10;
  reader.evaluation.epoch = 2;
  reader.evaluation.confusion.assign(100, 0);
  const auto set = [&](int actual, int predicted, int count) {
    reader.evaluation.confusion[static_cast<std::size_t>(actual * 10 + predicted)] = count;
  };
  set(3, 3, 6);  // of eight cats six are found, and two more animals are called cats
  set(3, 5, 2);
  set(5, 3, 2);
  set(5, 5, 10);
  reader.open("judging");
  CHECK(says(reader, "16 of 20 test pictures"));
  CHECK(says(reader, "cat: recall 75.0 %, precision 75.0 %"));
  CHECK(says(reader, "Of 8, 2 were taken for dog"));
  reader.point("judging/matrix", 0.55f, 0.55f);
  CHECK(says(reader, "dog: recall 83.3 %, precision 83.3 %"));
}

TEST_CASE("judging chapter: without a run it judges a small network of its own") {
  Reader reader;
  reader.open("judging");
  CHECK(says(reader, "of 40 test pictures"));
  CHECK(number_after(reader, "an accuracy of ") > 30);
}

TEST_CASE("learn: whitening gives twelve maps that vary alike") {
  Reader reader;
  reader.open("speedrun");
  const auto& chapter = static_cast<const SpeedrunChapter&>(*reader.panel.chapter);
  REQUIRE(chapter.spreads().size() == SpeedrunChapter::kMaps);
  for (const double spread : chapter.spreads()) CHECK(std::fabs(spread - 1) < 0.05);
}

TEST_CASE("learn: the record run is measured first, and starts only where its batches can be filled") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);
  reader.open("speedrun");
  CHECK_FALSE(reader.press("speedrun/start"));
  const Asked asked = reader.press("speedrun/measure");
  REQUIRE(asked);
  CHECK(std::get<action::Measure>(*asked).preset == "speedrun");
  reader.measured = {"speedrun", 100, 400, 2, false};
  reader.data.train.count = 1000;
  CHECK_FALSE(reader.press("speedrun/start"));
  reader.data.train.count = 50000;
  const Asked start = reader.press("speedrun/start");
  REQUIRE(start);
  CHECK(std::get<action::OpenLink>(*start).train);
  const auto shared = read_hash(std::get<action::OpenLink>(*start).hash, catalogue());
  REQUIRE(shared);
  CHECK(shared->preset == "speedrun");
  // 476 steps of 1,024 pictures, then ten validations and six views of 10,000.
  CHECK(speedrun_seconds(reader.measured, 50000, 10000) ==
        doctest::Approx(476 * 1024 / 100.0 + 16 * 10000 / 400.0));
  CHECK(speedrun_seconds(reader.measured, 1023, 10000) == 0);
  reader.training.state = RunState::training;
  CHECK_FALSE(reader.press("speedrun/start"));
}
