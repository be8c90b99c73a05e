// What a press on each panel requests, and what panels show without data.
#include <algorithm>
#include <utility>

#include "doctest/doctest.h"
#include "imgui_internal.h"
#include "tests/web/app/headless.h"
#include "tests/web/app/ui_request.h"
#include "web/app/controls/exports.h"
#include "web/app/controls/texts.h"
#include "web/app/panels/class_array.h"
#include "web/app/panels/gallery.h"
#include "web/app/panels/matrix.h"
#include "web/app/panels/model_files.h"
#include "web/app/panels/profile.h"
#include "web/app/panels/runs.h"
#include "web/app/panels/training.h"
#include "web/app/panels/transport.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

using namespace playground;
using playground::test::asked_for;
using playground::test::HeadlessGui;
using playground::test::kNames;

TEST_SUITE_BEGIN("web/panels");

namespace {

Evaluation three_classes() {
  Evaluation e;
  e.classes = 3;
  e.epoch = 2;
  e.accuracy = 0.7;
  e.confusion = {8, 1, 1, 0, 6, 4, 2, 1, 7};
  return e;
}

const std::vector<CalibrationBin> kNoBins;

}  // namespace

TEST_CASE("transport: the main button depends on the state") {
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

TEST_CASE("transport: loss and accuracy of training and validation have room on a phone") {
  HeadlessGui gui(ImVec2(390, 844));
  apply_theme(false, 16);
  Training training;
  training.state = RunState::training;
  training.epoch = training.epochs = 10;
  training.step = training.steps_per_epoch = 1563;
  training.loss = 0.8712, training.accuracy = 0.6944;
  const LoadProgress loading;
  HistoryRow row;
  const auto bar = [&] {
    draw_metrics(TransportState{training, loading, true, true, false, &row}, 364);
    return true;
  };
  gui.frame(bar);
  CHECK(WidgetRects::text("metric/val_loss") == "–");
  row.val_loss = 0.9382, row.val_accuracy = 0.6781;
  gui.frame(bar);
  CHECK(WidgetRects::text("metric/loss") == "0.8712");
  CHECK(WidgetRects::text("metric/accuracy") == "69.4 %");
  CHECK(WidgetRects::text("metric/val_loss") == "0.9382");
  CHECK(WidgetRects::text("metric/val_accuracy") == "67.8 %");
  const auto last = WidgetRects::find("metric/val_accuracy");
  REQUIRE(last);
  CHECK(last->x + last->z <= ImGui::GetIO().DisplaySize.x);
}

TEST_CASE("transport: reset asks for confirmation") {
  HeadlessGui gui;
  TransportPanel ui;
  Training training;
  training.state = RunState::ready;
  const LoadProgress loading;
  const auto bar = [&] { return draw(ui, TransportState{training, loading, true, true, false}, false); };
  CHECK_FALSE(gui.press("reset", bar));
  CHECK(asked_for<action::Reset>(gui.press("reset/yes", bar)));
}

TEST_CASE("matrix: a press on row 1, column 2 requests those pictures") {
  HeadlessGui gui;
  MatrixPanel ui;
  const Evaluation evaluation = three_classes();
  const UiRequest asked = gui.press("cell/1/2", [&] {
    return draw(ui, MatrixState{evaluation, kNames, kNoBins}, false);
  });
  REQUIRE(asked_for<action::ShowPictures>(asked));
  CHECK(asked_for<action::ShowPictures>(asked)->actual == 1);
  CHECK(asked_for<action::ShowPictures>(asked)->predicted == 2);
}

TEST_CASE("matrix: counts and shares are shown together, with named axes, as show_normed draws it") {
  HeadlessGui gui;
  MatrixPanel ui;
  const Evaluation evaluation = three_classes();
  const auto panel = [&] { return draw(ui, MatrixState{evaluation, kNames, kNoBins}, false); };
  gui.press("matrix/shown/Counts and shares", panel);
  CHECK(ui.shown == kCountsAndShares);
  gui.frame(panel);
  CHECK(WidgetRects::text("cell/0/0") == "8\n(0.80)");
  CHECK(WidgetRects::text("cell/1/2") == "4\n(0.40)");
  const auto actual = WidgetRects::find("matrix/axis/true label"),
             predicted = WidgetRects::find("matrix/axis/predicted label");
  REQUIRE((actual && predicted));
  CHECK(actual->x + actual->z < predicted->x);
  const std::string svg = matrix_svg(evaluation, kNames, ui.shown);
  for (const char* words : {">8<", ">(0.80)<", ">true label<", ">predicted label<"})
    CHECK_MESSAGE(svg.find(words) != std::string::npos, words);
}

TEST_CASE("matrix: what it shows has the same names on every page, whole") {
  for (const float width : {320.0f, 390.0f, 1280.0f}) {
    HeadlessGui gui(ImVec2(width, 844));
    MatrixPanel ui;
    const Evaluation evaluation = three_classes();
    const auto panel = [&] { return draw(ui, MatrixState{evaluation, kNames, kNoBins}, width < 1000); };
    gui.frame(panel);
    for (const char* words : {"Counts", "Per true class", "Per predicted class", "Counts and shares"}) {
      CAPTURE(std::string(words));
      const auto part = WidgetRects::find("matrix/shown/" + std::string(words));
      REQUIRE(part);
      CHECK(part->z >= text_size(words).x);
      CHECK(part->x + part->z <= width);
    }
  }
}

TEST_CASE("matrix: on a phone, too, counts and shares are numbers") {
  HeadlessGui gui(ImVec2(390, 844));
  MatrixPanel ui;
  ui.shown = kCountsAndShares;
  Evaluation evaluation;
  evaluation.classes = 10;
  evaluation.confusion.assign(100, 1);
  const std::vector<std::string> names(10, "class");
  for (int i = 0; i < 2; ++i)
    gui.frame([&] { return draw(ui, MatrixState{evaluation, names, kNoBins}, true); });
  CHECK(WidgetRects::text("cell/0/0") == "1\n(0.10)");
}

TEST_CASE("matrix: a hundred classes scroll, and only visible cells are drawn") {
  HeadlessGui gui;
  MatrixPanel ui;
  Evaluation evaluation;
  evaluation.classes = 100;
  evaluation.confusion.assign(100 * 100, 1);
  std::vector<std::string> names;
  names.reserve(100);
  for (int i = 0; i < evaluation.classes; ++i) names.push_back("kind of thing " + std::to_string(i));
  const auto panel = [&] { return draw(ui, MatrixState{evaluation, names, kNoBins}, false); };
  gui.frame(panel);
  gui.frame(panel);
  REQUIRE(WidgetRects::find("cell/0/0"));
  CHECK_FALSE(WidgetRects::find("cell/99/99"));
  CHECK(ImGui::GetDrawData()->TotalVtxCount < 1 << 16);

  const ImVec4 rect = *WidgetRects::find("cell/0/0");
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(rect.x + rect.z / 2, rect.y + rect.w / 2);
  gui.frame(panel);
  for (const ImVec2 wheel : {ImVec2(0, -1000), ImVec2(-1000, 0)}) {
    io.AddMouseWheelEvent(wheel.x, wheel.y);
    for (int i = 0; i < 90; ++i) gui.frame(panel);  // a new direction counts after a second and a half
  }
  CHECK(WidgetRects::find("cell/99/99"));
  CHECK_FALSE(WidgetRects::find("cell/0/0"));
}

TEST_CASE("profile: one row per layer once steps were measured") {
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

TEST_CASE("matrix: describes a cell and the most frequent mistakes in words") {
  const Evaluation evaluation = three_classes();
  CHECK(cell_words(evaluation, kNames, 1, 2) == "cat predicted as dog: 4 of 10 (40.0 %)");
  CHECK(cell_words(evaluation, kNames, 0, 0) == "bird recognized: 8 of 10 (80.0 %)");
  const std::vector<Mistake> worst = most_confused(evaluation, 2);
  REQUIRE(worst.size() == 2);
  CHECK((worst[0].actual == 1 && worst[0].predicted == 2 && worst[0].count == 4));
  CHECK((worst[1].actual == 2 && worst[1].predicted == 0));
}

TEST_CASE("matrix: without an evaluation it draws a note and requests nothing") {
  HeadlessGui gui;
  MatrixPanel ui;
  const Evaluation nothing;
  CHECK_FALSE(gui.press("cell/0/0", [&] { return draw(ui, MatrixState{nothing, kNames, kNoBins}, false); }));
}

TEST_CASE("class array: shown as NumPy prints it, saved with names") {
  HeadlessGui gui;
  PredictedClasses classes;
  for (int i = 0; i < 30; ++i) {
    classes.predicted.push_back(static_cast<std::uint8_t>(i % 3));
    classes.labels.push_back(static_cast<std::uint8_t>(i % 2));
  }
  CHECK(array_text(classes.predicted) == "array([0, 1, 2, ..., 0, 1, 2])");
  CHECK(array_text({3, 8}) == "array([3, 8])");
  CHECK(array_text({}) == "array([])");
  CHECK(classes_csv(classes, kNames)
            .starts_with("index,true,predicted,true_name,predicted_name\n"
                         "0,0,0,\"bird\",\"bird\"\n1,1,1,\"cat\",\"cat\"\n"
                         "2,0,2,\"bird\",\"dog\"\n"));
  const auto panel = [&] { return draw_class_array({classes, kNames, true, false}); };
  const UiRequest saved = gui.press("classes/save", panel);
  REQUIRE(asked_for<action::SaveText>(saved));
  CHECK(asked_for<action::SaveText>(saved)->name == "predicted-classes.csv");
  const UiRequest copied = gui.press("classes/copy", panel);
  REQUIRE(asked_for<action::CopyText>(copied));
  CHECK(asked_for<action::CopyText>(copied)->text.starts_with("[0, 1, 2, 0"));
}

TEST_CASE("matrix: the test set is evaluated again by a press, also when there is a matrix") {
  HeadlessGui gui;
  MatrixPanel ui;
  Evaluation evaluation = three_classes();
  evaluation.split = "held out";
  evaluation.loss = 0.5;
  const auto panel = [&] { return draw(ui, MatrixState{evaluation, kNames, kNoBins, true}, false); };
  CHECK(asked_for<action::Evaluate>(gui.press("matrix/test", panel)));
  CHECK(WidgetRects::text("matrix/about") == "held-out pictures after epoch 2: loss 0.5000, accuracy 70.0 %");
}

TEST_CASE("model files: every format is in the menu of the download button") {
  HeadlessGui gui;
  bool changed = false;
  const auto panel = [&] { return draw_model_files(changed); };
  for (const char* format : {"onnx", "tfjs", "safetensors", "pytorch", "keras", "checkpoint"}) {
    CAPTURE(format);
    gui.press("model/download", panel);
    const UiRequest asked = gui.press(std::string("download/") + format, panel);
    REQUIRE(asked_for<action::Download>(asked));
    CHECK(asked_for<action::Download>(asked)->format == format);
  }
  CHECK(asked_for<action::ChooseFiles>(gui.press("model/open", panel)));
  gui.press("model/download", panel);
  CHECK_FALSE(WidgetRects::find("download/which"));
  changed = true;
  gui.frame(panel);
  CHECK(WidgetRects::find("download/which"));
}

TEST_CASE("gallery: filter, order and page send a new request; a changed filter returns to the first page") {
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
  CHECK(asked_for<action::Gallery>(gui.press("gallery/sort/Largest loss", panel)));
  CHECK(std::string(kGallerySorts[ui.sort]) == "loss");
}

TEST_CASE("gallery: every picture has its true class and that class's probability, and leads to Inside") {
  HeadlessGui gui;
  GalleryPanel ui;
  PictureAtlas pictures(kGalleryPage);
  const std::vector<std::uint8_t> bytes(2 * kPictureBytes, 128);
  pictures.assign(bytes);
  std::vector<std::string> names;
  names.reserve(10);
  for (int i = 0; i < 10; ++i) names.push_back("class " + std::to_string(i));
  // The true class of the first is the ninth in order of probability.
  std::vector<float> shares = {0.3f, 0.2f, 0.15f, 0.1f, 0.08f, 0.07f, 0.05f, 0.03f, 0.015f, 0.005f};
  const std::vector<GalleryItem> items{{853, 8, 0, shares}, {7, 0, 0, shares}};
  const auto panel = [&] { return draw(ui, GalleryState{items, pictures, names, 2, false, true}, false); };
  gui.frame(panel);
  gui.frame(panel);
  CHECK(WidgetRects::text("picture/0") == "class 0 is class 8 1.5 %");
  CHECK(WidgetRects::text("picture/1") == "class 0 30.0 %");
  gui.press("picture/0", panel);
  CHECK(WidgetRects::text("share/0") == "class 0 30.0 %");
  CHECK(WidgetRects::text("share/8") == "class 8 1.5 %");
  CHECK_FALSE(WidgetRects::find("share/9"));
  ImGui::GetIO().DisplaySize = ImVec2(390, 844);  // nothing is cut on a phone
  for (int i = 0; i < 3; ++i) gui.frame(panel);
  for (const ImGuiWindow* window : ImGui::GetCurrentContext()->Windows)
    if (window->Active && (window->Flags & ImGuiWindowFlags_Popup) != 0)
      CHECK(window->ContentSize.x <= window->Size.x - 2 * window->WindowPadding.x + 1);
  const UiRequest asked = gui.press("gallery/inside", panel);
  REQUIRE(asked_for<action::LookInside>(asked));
  CHECK(asked_for<action::LookInside>(asked)->test);
  CHECK(asked_for<action::LookInside>(asked)->index == 853);
}

TEST_CASE("training: learning rate and batch size change during training, epochs do not") {
  HeadlessGui gui(ImVec2(400, 800));
  TrainingPanel ui;
  Catalog catalog;
  for (const char* name : {"epochs", "batch_size", "learning_rate"}) {
    Field field;
    field.name = name;
    field.type = std::string(name) == "learning_rate" ? "float" : "int";
    field.standard = std::string(name) == "learning_rate" ? 0.001 : 10;
    catalog.fit_fields.push_back(field);
  }
  Training training;
  const Backend backend;
  const std::vector<Point> schedule;
  const auto panel = [&] { return draw(ui, TrainingState{catalog, backend, training, schedule}); };
  training.state = RunState::ready;
  CHECK(asked_for<action::FitChanged>(gui.press("learning_rate/more", panel)));
  CHECK(*ui.fit.find("learning_rate")->number() == 0.002);
  training.state = RunState::training;
  const UiRequest live = gui.press("batch_size/more", panel);
  REQUIRE(asked_for<action::SetLive>(live));
  CHECK(asked_for<action::SetLive>(live)->batch_size == 11);
  CHECK_FALSE(asked_for<action::SetLive>(live)->learning_rate);
  CHECK(asked_for<action::FitChanged>(gui.press("epochs/more", panel)));
}

TEST_CASE("training: parameter groups are added and removed, and the list disappears with the last") {
  HeadlessGui gui(ImVec2(400, 800));
  TrainingPanel ui;
  Catalog catalog;
  Field field;
  field.name = "learning_rate_factor";
  field.type = "float";
  field.standard = 1;
  catalog.fit_fields = {field};
  catalog.fit_fields[0].name = "learning_rate";
  catalog.group_fields = {field};
  const Training training;
  const Backend backend;
  const std::vector<Point> schedule;
  const auto panel = [&] { return draw(ui, TrainingState{catalog, backend, training, schedule}); };
  gui.press("training/groups", panel);
  CHECK(asked_for<action::FitChanged>(gui.press("training/groups/add", panel)));
  CHECK(asked_for<action::FitChanged>(gui.press("learning_rate_factor/more", panel)));
  CHECK(ui.fit.find("parameter_groups")->dump() == R"([{"learning_rate_factor":2}])");
  CHECK(asked_for<action::FitChanged>(gui.press("group 1/remove", panel)));
  CHECK(ui.fit.find("parameter_groups") == nullptr);
}

TEST_CASE("training: a chosen type shows its settings, and lists keep the order of the types") {
  HeadlessGui gui(ImVec2(400, 900));
  TrainingPanel ui;
  Catalog catalog;
  Field momentum;
  momentum.name = "momentum";
  momentum.type = "float";
  momentum.standard = 0.0;
  momentum.max = 1.0;
  Type adam{"Adam", "", "", {}}, sgd{"SGD", "", "", {momentum}}, flip{"RandomFlip", "", "", {}},
      shift{"RandomShift", "", "", {}};
  catalog.optimizers = {adam, sgd};
  catalog.augmentations = {flip, shift};
  Field optimizer;
  optimizer.name = "optimizer";
  optimizer.type = "choice";
  optimizer.standard = "Adam";
  optimizer.choices = {"Adam", "SGD"};
  catalog.fit_fields = {optimizer};
  const Training training;
  const Backend backend;
  const std::vector<Point> schedule;
  const auto panel = [&] { return draw(ui, TrainingState{catalog, backend, training, schedule}); };
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

TEST_CASE("runs: a table that any column sorts; unknown values come last") {
  HeadlessGui gui;
  RunsPanel ui;
  std::vector<Run> runs(3);
  for (int i = 0; i < 3; ++i) {
    runs[static_cast<std::size_t>(i)].id = i + 1;
    runs[static_cast<std::size_t>(i)].name = "Run " + std::to_string(i + 1);
  }
  runs[0].history.push_back({.epoch = 1, .at = 1, .seconds = 90, .val_accuracy = 0.5});
  runs[0].history.push_back({.epoch = 2, .at = 2, .seconds = 90, .val_accuracy = 0.25});
  runs[1].history.push_back({.epoch = 1, .at = 1, .seconds = 10, .val_accuracy = 0.75});
  runs[1].parameters = 2660;
  const Catalog catalog;
  const auto panel = [&] { return draw(ui, runs, catalog); };
  const auto order = [&] {
    gui.frame(panel);
    gui.frame(panel);
    std::string ids;
    std::vector<std::pair<float, int>> rows;
    for (int id = 1; id <= 3; ++id)
      rows.emplace_back(WidgetRects::find("run/title/" + std::to_string(id))->y, id);
    std::sort(rows.begin(), rows.end());
    for (const auto& [y, id] : rows) ids += std::to_string(id);
    return ids;
  };
  CHECK(order() == "321");
  CHECK(WidgetRects::text("run/accuracy/1") == "50.0 % (epoch 1)");
  CHECK(WidgetRects::text("run/time/1") == "3:00");
  CHECK(WidgetRects::text("run/parameters/2") == "2,660");
  gui.press("runs/sort/accuracy", panel);
  CHECK(order() == "213");
  gui.press("runs/sort/accuracy", panel);
  CHECK(order() == "123");
  gui.press("runs/sort/time", panel);
  CHECK(order() == "321");
  CHECK(asked_for<action::SaveText>(gui.press("runs/csv", panel)));
}

TEST_CASE("runs: on a narrow page everything of a run fits, and a list sets the order") {
  HeadlessGui gui(ImVec2(360, 800));
  Touch::set_coarse(true);
  RunsPanel ui;
  std::vector<Run> runs(2);
  for (int i = 0; i < 2; ++i) {
    Run& run = runs[static_cast<std::size_t>(i)];
    run.id = i + 1;
    run.name = "Run " + std::to_string(i + 1);
    run.history.push_back({.epoch = 1, .at = 1, .seconds = 90.0 + i, .val_accuracy = 0.5});
    run.fit["seed"] = i;
  }
  const Catalog catalog;
  const auto panel = [&] { return draw(ui, runs, catalog, true); };
  gui.frame(panel);
  gui.frame(panel);
  for (const char* name :
       {"run/show/1", "run/title/1", "run/rename/1", "run/save/1", "run/use/1", "run/delete/1"}) {
    CAPTURE(std::string(name));
    const auto rect = WidgetRects::find(name);
    REQUIRE(rect);
    CHECK(rect->x + rect->z <= 360);
  }
  CHECK(WidgetRects::find("run/title/1")->x + WidgetRects::find("run/title/1")->z <=
        WidgetRects::find("run/rename/1")->x);
  CHECK(WidgetRects::find("run/title/2")->y < WidgetRects::find("run/title/1")->y);
  gui.press("runs/sort", panel);
  gui.press("runs/sort/time", panel);
  gui.frame(panel);
  gui.frame(panel);
  CHECK(WidgetRects::find("run/title/1")->y < WidgetRects::find("run/title/2")->y);
  Touch::set_coarse(false);
}

TEST_CASE("runs: are shown, saved and deleted; the current one cannot be deleted") {
  HeadlessGui gui;
  RunsPanel ui;
  std::vector<Run> runs(2);
  runs[0].id = 1;
  runs[0].name = "Run 1";
  runs[1].id = 2;
  runs[1].name = "Run 2";
  const Catalog catalog;
  const auto panel = [&] { return draw(ui, runs, catalog); };
  const UiRequest hidden = gui.press("run/show/2", panel);
  REQUIRE(asked_for<action::ShowRun>(hidden));
  CHECK_FALSE(asked_for<action::ShowRun>(hidden)->shown);
  const UiRequest deleted = gui.press("run/delete", panel);
  REQUIRE(asked_for<action::DeleteRun>(deleted));
  CHECK(asked_for<action::DeleteRun>(deleted)->id == 1);
  gui.press("run/save", panel);
  const UiRequest saved = gui.press("run/csv", panel);
  REQUIRE(asked_for<action::SaveText>(saved));
}
