// What a press on each panel asks for, and what panels say when there is nothing to show.
#include "doctest/doctest.h"
#include "tests/web/headless.h"
#include "web/app/messages.h"
#include "web/app/panels/builder.h"
#include "web/app/panels/data.h"
#include "web/app/panels/gallery.h"
#include "web/app/panels/matrix.h"
#include "web/app/panels/pictures.h"
#include "web/app/panels/profile.h"
#include "web/app/panels/runs.h"
#include "web/app/panels/training.h"
#include "web/app/panels/transport.h"

using namespace playground;
using playground::test::HeadlessGui;

TEST_SUITE_BEGIN("web/panels");

namespace {

template <class Wanted>
const Wanted* asked_for(const Asked& asked) {
  return asked ? std::get_if<Wanted>(&*asked) : nullptr;
}

Evaluation three_classes() {
  Evaluation e;
  e.classes = 3;
  e.epoch = 2;
  e.accuracy = 0.7;
  e.confusion = {8, 1, 1, 0, 6, 4, 2, 1, 7};
  return e;
}

const std::vector<std::string> kNames{"bird", "cat", "dog"};
const std::vector<CalibrationBin> kNoBins;

}  // namespace

TEST_CASE("transport: the main button follows the state") {
  HeadlessGui gui;
  TransportPanel ui;
  Training training;
  const LoadProgress loading;
  bool has_history = false;
  const auto bar = [&] {
    return draw(ui, TransportState{training, loading, true, has_history, false}, false);
  };
  training.state = RunState::ready;
  CHECK(asked_for<action::Train>(gui.press("train", bar)));
  CHECK_FALSE(gui.press("stop", bar));
  training.state = RunState::training;
  CHECK(asked_for<action::Pause>(gui.press("pause", bar)));
  CHECK_FALSE(gui.press("step", bar));
  CHECK(asked_for<action::Stop>(gui.press("stop", bar)));
  training.state = RunState::paused;
  CHECK(asked_for<action::Resume>(gui.press("resume", bar)));
  CHECK(asked_for<action::Step>(gui.press("step", bar)));
}

TEST_CASE("transport: reset asks first, because what was learned is lost") {
  HeadlessGui gui;
  TransportPanel ui;
  Training training;
  training.state = RunState::ready;
  const LoadProgress loading;
  const auto bar = [&] { return draw(ui, TransportState{training, loading, true, true, false}, false); };
  CHECK_FALSE(gui.press("reset", bar));
  CHECK(asked_for<action::Reset>(gui.press("reset/yes", bar)));
}

TEST_CASE("data: without pictures every source is offered; the page's own only when it is there") {
  HeadlessGui gui(ImVec2(400, 800));
  DataPanel ui;
  DataSetInfo data;
  Sources sources;
  LoadProgress loading;
  PictureAtlas pictures(10);
  const std::vector<int> labels;
  const auto panel = [&] { return draw(ui, DataState{data, sources, loading, pictures, labels}); };
  const Asked sample = gui.press("source/sample", panel);
  REQUIRE(asked_for<action::LoadData>(sample));
  CHECK(asked_for<action::LoadData>(sample)->source == "sample");
  CHECK_FALSE(WidgetRects::find("source/cifar10"));
  sources.beside_page = true;
  const Asked real = gui.press("source/cifar10", panel);
  REQUIRE(asked_for<action::LoadData>(real));
  CHECK(asked_for<action::LoadData>(real)->source == "cifar10");
  loading.running = true;
  CHECK(asked_for<action::CancelLoad>(gui.press("load/cancel", panel)));
}

TEST_CASE("data: what is kept in the browser can be deleted, a press on the pictures shows all") {
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

namespace {

/// A data set of three classes whose training pictures are there in pages; picture i is of shade i % 200.
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
  Asked draw_wide() { return draw(ui, PicturesState{data, pages, closely, 0}, false); }
};

}  // namespace

TEST_CASE("pictures: of 50,000 only those in view are asked for, and a press looks at one") {
  HeadlessGui gui;
  Gallery g;
  const auto panel = [&] { return g.draw_wide(); };
  gui.frame(panel);
  CHECK(g.ui.first == 0);
  CHECK((g.ui.last > 20 && g.ui.last < 500));
  CHECK(g.pages.missing(g.ui.first, g.ui.last) == 0);
  g.fill(0);
  CHECK_FALSE(g.pages.missing(0, PicturePages::kPage - 1));
  const Asked asked = gui.press("pictures/cell/7", panel);
  REQUIRE(asked_for<action::LookAt>(asked));
  CHECK(asked_for<action::LookAt>(asked)->index == 7);
  CHECK_FALSE(asked_for<action::LookAt>(asked)->test);
}

TEST_CASE("pictures: another class or split forgets the pages of the one before") {
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

TEST_CASE("pictures: however far one scrolls, a few pages are held, and those in view stay") {
  HeadlessGui gui;
  Gallery g;
  for (int page = 0; page < 3 * PicturePages::kMost; ++page) {
    g.fill(page);
    REQUIRE(g.pages.at(0));  // in view all the while
  }
  CHECK(g.pages.held() == PicturePages::kMost);
  const auto last = g.pages.at((3 * PicturePages::kMost - 1) * PicturePages::kPage);
  REQUIRE(last);
  CHECK(last->index == (3 * PicturePages::kMost - 1) * PicturePages::kPage);
  CHECK(last->atlas.pixel(last->place, 3, 4)[1] == last->index % 200);
}

TEST_CASE("pictures: a held-out share of the training pictures is chosen here, and how large") {
  HeadlessGui gui;
  Gallery g;
  double share = 0;
  const auto panel = [&] { return draw(g.ui, PicturesState{g.data, g.pages, g.closely, share}, false); };
  const Asked held = gui.press("pictures/validation/Held out", panel);
  REQUIRE(asked_for<action::HoldOut>(held));
  share = asked_for<action::HoldOut>(held)->share;
  CHECK(share == doctest::Approx(0.1));
  const Asked more = gui.press("pictures/share/more", panel);
  REQUIRE(asked_for<action::HoldOut>(more));
  CHECK(asked_for<action::HoldOut>(more)->share == doctest::Approx(0.15));
  const Asked back = gui.press("pictures/validation/Test set", panel);
  REQUIRE(asked_for<action::HoldOut>(back));
  CHECK(asked_for<action::HoldOut>(back)->share == 0);
}

TEST_CASE("matrix: a press on row 1, column 2 asks for those pictures") {
  HeadlessGui gui;
  MatrixPanel ui;
  const Evaluation evaluation = three_classes();
  const Asked asked = gui.press("cell/1/2", [&] {
    return draw(ui, MatrixState{evaluation, kNames, kNoBins}, false);
  });
  REQUIRE(asked_for<action::ShowPictures>(asked));
  CHECK(asked_for<action::ShowPictures>(asked)->actual == 1);
  CHECK(asked_for<action::ShowPictures>(asked)->predicted == 2);
}

TEST_CASE("profile: a row for each layer once something was measured") {
  HeadlessGui gui;
  StepProfile profile;
  const auto panel = [&] { draw_profile(profile, false); };
  gui.frame(panel);
  CHECK_FALSE(WidgetRects::find("profile/conv2d"));
  profile =
      read_profile(*cnn::parse_json(R"({"images":64,"seconds":0.5,"threads":2,"kernel_set":"simd128","rows":[
    {"name":"conv2d","forward":{"microseconds":40,"operations":1800000,"share":0.25},
     "backward":{"microseconds":60,"operations":1800000,"share":0.5},"update":{"microseconds":0,"operations":0,"share":0}},
    {"name":"optimizer","update":{"microseconds":9,"operations":100,"share":0.25}}]})"));
  REQUIRE(profile.rows.size() == 2);
  CHECK(profile.rows[0].backward.microseconds == 60);
  gui.frame(panel);
  CHECK(WidgetRects::find("profile/conv2d"));
  CHECK(WidgetRects::find("profile/optimizer"));
}

TEST_CASE("matrix: says a cell and the worst pairs in words") {
  const Evaluation evaluation = three_classes();
  CHECK(cell_words(evaluation, kNames, 1, 2) == "cat taken for dog: 4 of 10 (40.0 %)");
  CHECK(cell_words(evaluation, kNames, 0, 0) == "bird recognised: 8 of 10 (80.0 %)");
  const std::vector<Mistake> worst = most_confused(evaluation, 2);
  REQUIRE(worst.size() == 2);
  CHECK((worst[0].actual == 1 && worst[0].predicted == 2 && worst[0].count == 4));
  CHECK((worst[1].actual == 2 && worst[1].predicted == 0));
}

TEST_CASE("matrix: nothing known draws a sentence and asks nothing") {
  HeadlessGui gui;
  MatrixPanel ui;
  const Evaluation nothing;
  CHECK_FALSE(gui.press("cell/0/0", [&] { return draw(ui, MatrixState{nothing, kNames, kNoBins}, false); }));
}

TEST_CASE("gallery: filter, order and page ask anew, a changed filter from the first page") {
  HeadlessGui gui;
  GalleryPanel ui;
  PictureAtlas pictures(kGalleryPage);
  const std::vector<std::uint8_t> bytes(3 * kPictureBytes, 128);
  pictures.assign(bytes);
  const std::vector<GalleryItem> items{
      {0, 0, 0, {0.8f, 0.1f, 0.1f}}, {1, 1, 2, {0.1f, 0.2f, 0.7f}}, {2, 2, 2, {0, 0, 1}}};
  const auto panel = [&] { return draw(ui, GalleryState{items, pictures, kNames, 500, false, true}, false); };
  CHECK(asked_for<action::Gallery>(gui.press("gallery/next", panel)));
  CHECK(ui.page == 1);
  CHECK(asked_for<action::Gallery>(gui.press("gallery/mistakes", panel)));
  CHECK(ui.only_mistakes);
  CHECK(ui.page == 0);
  CHECK(asked_for<action::Gallery>(gui.press("gallery/sort/Worst first", panel)));
  CHECK(std::string(kGallerySorts[ui.sort]) == "loss");
}

TEST_CASE("training: learning rate and batch size change at once while it trains, epochs do not") {
  HeadlessGui gui(ImVec2(400, 800));
  TrainingPanel ui;
  Catalogue catalogue;
  for (const char* name : {"epochs", "batch_size", "learning_rate"}) {
    Field field;
    field.name = name;
    field.type = std::string(name) == "learning_rate" ? "float" : "int";
    field.standard = std::string(name) == "learning_rate" ? 0.001 : 10;
    catalogue.fit_fields.push_back(field);
  }
  Training training;
  const Backend backend;
  const std::vector<Point> schedule;
  const auto panel = [&] { return draw(ui, TrainingState{catalogue, backend, training, schedule}); };
  training.state = RunState::ready;
  CHECK(asked_for<action::FitChanged>(gui.press("learning_rate/more", panel)));
  CHECK(*ui.fit.find("learning_rate")->number() == 0.002);
  training.state = RunState::training;
  const Asked live = gui.press("batch_size/more", panel);
  REQUIRE(asked_for<action::SetLive>(live));
  CHECK(asked_for<action::SetLive>(live)->batch_size == 11);
  CHECK_FALSE(asked_for<action::SetLive>(live)->learning_rate);
  CHECK(asked_for<action::FitChanged>(gui.press("epochs/more", panel)));
}

namespace {

struct Builder {
  BuilderPanel ui;
  Catalogue catalogue;
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
    catalogue.layers = {dense, flatten};
    catalogue.presets.push_back({"small", "Small", "A fast one."});
    model.config = *cnn::parse_json(R"({"class_name":"Sequential","config":{"layers":[
      {"class_name":"InputLayer","config":{}},{"class_name":"Flatten","config":{"name":"flatten"}},
      {"class_name":"Dense","config":{"name":"dense","units":10}}]}})");
    SummaryRow row;
    row.layer = 2;
    row.name = "dense";
    model.rows = {row};
    ui.network.set(model.config);
  }
  Asked operator()() {
    const BuilderState state{catalogue, model, checked, has_history, false};
    Asked asked = draw_builder_heading(ui, state);
    if (const Asked blocks = draw(ui, state)) asked = blocks;
    return asked;
  }
};

}  // namespace

TEST_CASE("builder: a setting changed in an open block is checked, undo is one press") {
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
  builder.has_history = true;  // so that nothing is built by itself
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

TEST_CASE("builder: a block dragged by its handle lands where it was let go") {
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

TEST_CASE("builder: with trained weights a change waits for its button; without it is used at once") {
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
  CHECK_FALSE(gui.frame(panel));  // not before the trainer has looked at it
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
  const Asked asked = gui.press("preset/small", panel);
  REQUIRE(asked_for<action::Build>(asked));
  CHECK(asked_for<action::Build>(asked)->preset == "small");
}

TEST_CASE("training: parameter groups come and go, and the last one takes the list with it") {
  HeadlessGui gui(ImVec2(400, 800));
  TrainingPanel ui;
  Catalogue catalogue;
  Field field;
  field.name = "learning_rate_factor";
  field.type = "float";
  field.standard = 1;
  catalogue.fit_fields = {field};
  catalogue.fit_fields[0].name = "learning_rate";
  catalogue.group_fields = {field};
  const Training training;
  const Backend backend;
  const std::vector<Point> schedule;
  const auto panel = [&] { return draw(ui, TrainingState{catalogue, backend, training, schedule}); };
  gui.press("training/groups", panel);
  CHECK(asked_for<action::FitChanged>(gui.press("training/groups/add", panel)));
  CHECK(asked_for<action::FitChanged>(gui.press("learning_rate_factor/more", panel)));
  CHECK(ui.fit.find("parameter_groups")->dump() == R"([{"learning_rate_factor":2}])");
  CHECK(asked_for<action::FitChanged>(gui.press("group 1/remove", panel)));
  CHECK(ui.fit.find("parameter_groups") == nullptr);
}

TEST_CASE("training: kinds of a family bring their settings, lists their members in the order of the types") {
  HeadlessGui gui(ImVec2(400, 900));
  TrainingPanel ui;
  Catalogue catalogue;
  Field momentum;
  momentum.name = "momentum";
  momentum.type = "float";
  momentum.standard = 0.0;
  momentum.max = 1.0;
  Type adam{"Adam", "", "", {}}, sgd{"SGD", "", "", {momentum}}, flip{"RandomFlip", "", "", {}},
      shift{"RandomShift", "", "", {}};
  catalogue.optimizers = {adam, sgd};
  catalogue.augmentations = {flip, shift};
  Field optimizer;
  optimizer.name = "optimizer";
  optimizer.type = "choice";
  optimizer.standard = "Adam";
  optimizer.choices = {"Adam", "SGD"};
  catalogue.fit_fields = {optimizer};
  const Training training;
  const Backend backend;
  const std::vector<Point> schedule;
  const auto panel = [&] { return draw(ui, TrainingState{catalogue, backend, training, schedule}); };
  gui.press("optimizer", panel);
  gui.press("optimizer/SGD", panel);
  CHECK(ui.fit.find("optimizer")->dump() == R"("SGD")");
  gui.press("optimizer/settings", panel);
  CHECK(asked_for<action::FitChanged>(gui.press("momentum/more", panel)));
  CHECK(ui.fit.find("optimizer")->dump() == R"({"class_name":"SGD","config":{"momentum":0.05}})");
  gui.press("training/augmentation", panel);
  gui.press("RandomShift", panel);
  gui.press("RandomFlip", panel);
  CHECK(ui.fit.find("augmentation")->dump() ==
        R"([{"class_name":"RandomFlip","config":{}},{"class_name":"RandomShift","config":{}}])");
  gui.press("RandomShift", panel);
  gui.press("RandomFlip", panel);
  CHECK_FALSE(ui.fit.find("augmentation"));
}

TEST_CASE("runs: shown, saved and deleted; the present one stays") {
  HeadlessGui gui;
  RunsPanel ui;
  std::vector<Run> runs(2);
  runs[0].id = 1;
  runs[0].name = "Run 1";
  runs[1].id = 2;
  runs[1].name = "Run 2";
  const Catalogue catalogue;
  const auto panel = [&] { return draw(ui, runs, catalogue); };
  const Asked hidden = gui.press("run/show/2", panel);
  REQUIRE(asked_for<action::ShowRun>(hidden));
  CHECK_FALSE(asked_for<action::ShowRun>(hidden)->shown);
  const Asked deleted = gui.press("run/delete", panel);
  REQUIRE(asked_for<action::DeleteRun>(deleted));
  CHECK(asked_for<action::DeleteRun>(deleted)->id == 1);
  gui.press("run/save", panel);
  const Asked saved = gui.press("run/csv", panel);
  REQUIRE(asked_for<action::SaveText>(saved));
}
