// The chapter that goes through the notebook: every step shows what is so, and its button leads there.
#include "tests/web/app/app_page.h"
#include "tests/web/app/learn_reader.h"
#include "tests/web/app/ui_request.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("web/learn");

/// CIFAR-10 with the tutorial's network after three of its ten epochs.
struct Notebook : Reader {
  Notebook() {
    ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);
    types = catalog();
    data.label = "CIFAR-10";
    data.train.count = 50000;
    data.test.count = 10000;
    model.rows = {{0, "conv2d", "Conv2D", {32, 32, 32}, 896},
                  {1, "flatten", "Flatten", {8192}, 0},
                  {2, "dense", "Dense", {128}, 1048704}};
    model.total = model.trainable = 1060138;
    fit = Json::object({{"epochs", 10}, {"batch_size", 10}});
    train.rgb[0] = 59, train.rgb[1] = 62, train.rgb[2] = 63;
    training.state = RunState::ready;
  }
  void train_three_epochs() {
    Run run;
    run.history.resize(3);
    const double values[3][4] = {
        {1.4127, 0.4918, 1.1079, 0.6095}, {1.1058, 0.6091, 1.0284, 0.6377}, {0.9946, 0.6477, 0.9682, 0.6564}};
    for (int i = 0; i < 3; ++i) {
      HistoryRow& row = run.history[static_cast<std::size_t>(i)];
      row.epoch = i + 1;
      row.loss = values[i][0], row.accuracy = values[i][1];
      row.val_loss = values[i][2], row.val_accuracy = values[i][3];
      row.seconds = 146;
    }
    runs = {run};
    trained = true;
    training.epochs = 10;
  }
  std::string shown(const char* name) {
    const std::string full = std::string("tutorial/") + name;
    REQUIRE_MESSAGE(find(full), full);
    return WidgetRects::text(full);
  }
  bool shows(const char* name, std::string_view words) {
    const std::string text = shown(name);
    CAPTURE(text);
    return text.find(words) != std::string::npos;
  }
};

TEST_CASE("tutorial chapter: shapes, scaling, pictures and summary are those of the data and the network") {
  Notebook reader;
  reader.open("tutorial");
  CHECK(reader.shows("shapes", "x_train: *(50000, 32, 32, 3)*, x_test: *(10000, 32, 32, 3)*"));
  CHECK(reader.shows("pixel", "red 59 / 255 = 0.231, green 62 / 255 = 0.243, blue 63 / 255 = 0.247"));
  for (int i = 0; i < 10; ++i)
    CHECK(reader.shown(("picture/" + std::to_string(i)).c_str()) == kClassNames[static_cast<std::size_t>(i)]);
  CHECK(reader.find("tutorial/layer/conv2d"));
  CHECK(reader.find("tutorial/layer/dense"));
  CHECK(reader.shows("total", "Total params: *1,060,138*"));
}

TEST_CASE("tutorial chapter: optimizer, loss and metric are those of the form") {
  Notebook reader;
  reader.open("tutorial");
  CHECK(reader.shows("compile", "optimizer *Adam*"));
  CHECK(reader.shows("compile", "learning rate the optimizer's default"));
  Field rate;
  rate.name = "learning_rate";
  rate.standard = 0.001;
  reader.types.optimizers = {Type{"Adam", "", "", {rate}}};
  CHECK(reader.shows("compile", "optimizer *Adam*, learning rate 0.001"));
  CHECK(reader.shows("compile", "metric *accuracy*"));
  reader.fit["optimizer"] = "SGD";
  reader.fit["learning_rate"] = 0.02;
  CHECK(reader.shows("compile", "optimizer *SGD*, learning rate 0.02"));
}

TEST_CASE(
    "tutorial chapter: epochs are printed as Keras prints them, and the plots have its titles and names") {
  Notebook reader;
  reader.open("tutorial");
  CHECK(says(reader, "Not trained yet"));
  reader.train_three_epochs();
  CHECK(reader.shown("epoch/3") ==
        "Epoch 3/10 - 146s - loss: 0.9946 - accuracy: 0.6477 - val_loss: 0.9682 - val_accuracy: 0.6564");
  for (const char* plot : {"Model accuracy", "Model loss"})
    for (const char* line : {"Train", "Val"}) CHECK(reader.find(std::string("legend/") + plot + "/" + line));
  CHECK(says(reader, "val_accuracy: 0.6564"));
  reader.training.state = RunState::training;
  reader.training.epoch = 4;
  reader.training.step = 412;
  reader.training.steps_per_epoch = 5000;
  reader.training.loss = 0.9;
  reader.training.accuracy = 0.68;
  CHECK(reader.shown("progress") == "Epoch 4/10 - 412/5,000 - loss: 0.9000 - accuracy: 0.6800");
  reader.trained = false;  // another network, not trained yet: its runs are not this one's
  reader.training.state = RunState::ready;
  CHECK_FALSE(reader.find("tutorial/epoch/3"));
}

TEST_CASE("training panel: optimizer, loss and metric are visible at once, as compile() takes them") {
  HeadlessGui gui(ImVec2(400, 900));
  TrainingPanel ui;
  const Catalog types = catalog();
  const Training training;
  const Backend backend;
  const std::vector<Point> schedule;
  for (int i = 0; i < 2; ++i)
    gui.frame([&] { return draw(ui, TrainingState{types, backend, training, schedule}); });
  CHECK(WidgetRects::text("label/optimizer") == "optimizer");
  CHECK(WidgetRects::text("label/loss") == "loss");
  CHECK(WidgetRects::text("training/metric") == "accuracy");
}

TEST_CASE("tutorial chapter: evaluation and predicted classes are shown as the notebook prints them") {
  Notebook reader;
  reader.train_three_epochs();
  reader.open("tutorial");
  CHECK(reader.panel.chapter->wants_classes());
  CHECK(reader.shows("test", "Not evaluated"));
  CHECK(asked_for<action::Evaluate>(reader.press("tutorial/evaluate")));
  reader.evaluation.classes = 10;
  reader.evaluation.split = "test";
  reader.evaluation.loss = 0.9383;
  reader.evaluation.accuracy = 0.683;
  CHECK(reader.shows("test", "loss: 0.9383 - accuracy: 0.6830"));
  reader.evaluation.split = "held out";
  CHECK(reader.shows("test", "Not evaluated"));
  reader.classes.predicted.assign(10000, 7);
  reader.classes.predicted[0] = 3;
  CHECK(reader.shown("classes") == "array([3, 7, 7, ..., 7, 7, 7])");
}

TEST_CASE("tutorial chapter: every step's button leads to its part of the page") {
  Notebook reader;
  reader.open("tutorial");
  const auto place = [&](const char* name) {
    const UiRequest asked = reader.press(std::string("tutorial/go/") + name);
    REQUIRE(asked_for<action::Show>(asked));
    return asked_for<action::Show>(asked)->place;
  };
  using action::Place;
  CHECK(place("data") == Place::data);
  CHECK(place("model") == Place::model);
  CHECK(place("training") == Place::training);
  CHECK(place("network") == Place::network);
  CHECK(place("curves") == Place::curves);
  CHECK(place("classes") == Place::class_array);
  CHECK(place("matrix") == Place::normed_matrix);
  CHECK(asked_for<action::ShowData>(reader.press("tutorial/go/pictures")));
  const UiRequest build = reader.press("tutorial/go/build");
  REQUIRE(asked_for<action::Build>(build));
  CHECK(asked_for<action::Build>(build)->preset == "tutorial");
  CHECK(asked_for<action::Train>(reader.press("tutorial/train")));
}

TEST_CASE("app: each part of the page is shown where it is, wide and narrow") {
  using action::Place;
  for (const bool narrow : {false, true}) {
    CAPTURE(narrow);
    Ready page;
    if (narrow) ImGui::GetIO().DisplaySize = ImVec2(390, 844);
    page.frame();
    const auto tab_of = [&](Place place) {
      page.app.ui().tab = Tab::learn;
      page.app.carry_out(action::Show{place});
      page.frame();
      return page.app.ui().tab;
    };
    CHECK(tab_of(Place::data) == (narrow ? Tab::data : Tab::curves));
    CHECK(page.app.ui().data.choosing);
    CHECK(tab_of(Place::model) == (narrow ? Tab::model : Tab::curves));
    CHECK(tab_of(Place::training) == (narrow ? Tab::training : Tab::curves));
    CHECK(tab_of(Place::network) == Tab::inside);
    CHECK(page.app.ui().inside.view == InsidePanel::network);
    CHECK(tab_of(Place::normed_matrix) == Tab::matrix);
    CHECK(page.app.ui().matrix.shown == kCountsAndShares);
    CHECK(tab_of(Place::class_array) == Tab::predictions);
    CHECK(page.app.ui().predictions_of == PredictionsOf::classes);
    CHECK(tab_of(Place::own_maps) == Tab::inside);
    CHECK(page.app.ui().inside.source == InsidePanel::own);
    page.app.carry_out(action::LookInside{true, 7});
    CHECK(page.app.ui().inside.source == InsidePanel::test);
    CHECK(page.app.ui().tab == Tab::inside);
    CHECK(page.app.ui().inside.index == 7);
  }
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::test
