#pragma once
/// Everything the workbench can show: every tab, view, chapter and menu, with pictures,
/// a trained network and curves.

#include <functional>
#include <string>
#include <vector>

#include "tests/web/pair/pair.h"
#include "web/app/learn/chapter.h"

namespace pair_tests {

/// A way to bring something on the screen.
struct View {
  std::string name;
  std::function<void()> show;
  std::string opener{};  ///< a widget whose press opens a menu
  bool dialog = false;   ///< Tab stays in it
};

class Trained : public Pair {
 public:
  explicit Trained(ImVec2 size = ImVec2(1280, 800)) : Pair(size) {
    page.load("sample");
    REQUIRE(settle());
    page.script("build", kSmall);
    REQUIRE(settle());
    app.ui().training.fit["epochs"] = 2;
    app.ui().training.fit["batch_size"] = 32;
    press("train");
    REQUIRE(until([&] { return app.state().trained && state() == playground::RunState::ready; }));
    REQUIRE(settle());
  }

  std::vector<View> views() {
    using playground::InsidePanel;
    using playground::PredictionsOf;
    using playground::Tab;
    playground::Workbench& ui = app.ui();
    std::vector<View> all;
    const auto tab = [&ui](Tab which) { return [&ui, which] { ui.tab = which; }; };
    all.push_back({"Curves", tab(Tab::curves)});
    all.push_back({"Curves, all", [&ui] { ui.tab = Tab::curves, ui.curves.norms = ui.curves.more = true; }});
    all.push_back({"Curves, save", tab(Tab::curves), "curves/save"});
    all.push_back({"Matrix", tab(Tab::matrix)});
    all.push_back({"Matrix, save", tab(Tab::matrix), "matrix/save"});
    for (const auto& [name, of] : {std::pair{"Predictions", PredictionsOf::test},
                                   {"Class array", PredictionsOf::classes},
                                   {"Your picture", PredictionsOf::own}})
      all.push_back({name, [&ui, of = of] { ui.tab = Tab::predictions, ui.predictions_of = of; }});
    for (const char* list : {"gallery/actual", "gallery/predicted"})
      all.push_back({list, tab_predictions(), list});
    all.push_back({"Predictions, a picture", tab_predictions(), "picture/0"});
    all.push_back({"Inside, maps", inside(InsidePanel::maps)});
    all.push_back(
        {"Inside, a unit", [&ui, show = inside(InsidePanel::maps)] { show(), ui.inside.walking = true; }});
    all.push_back({"Inside, filters", inside(InsidePanel::filters)});
    for (const int method : {0, 1, 2})
      all.push_back(
          {"Inside, evidence " + std::to_string(method),
           [&ui, method, show = inside(InsidePanel::evidence)] { show(), ui.inside.method = method; }});
    all.push_back({"Inside, numbers", inside(InsidePanel::numbers)});
    all.push_back({"inside/layer", inside(InsidePanel::maps), "inside/layer"});
    all.push_back({"inside/filter_layer", inside(InsidePanel::filters), "inside/filter_layer"});
    for (const char* list : {"inside/class", "inside/cam_layer"})
      all.push_back(
          {list, [&ui, show = inside(InsidePanel::evidence)] { show(), ui.inside.method = 0; }, list});
    all.push_back({"Inside, scatter", [&ui, show = inside(InsidePanel::scatter)] {
                     show(), ui.inside.embedding_wanted = true;
                   }});
    all.push_back({"Runs", tab(Tab::runs)});
    all.push_back({"Runs, save", tab(Tab::runs), "run/save"});
    all.push_back({"runs/sort", tab(Tab::runs), "runs/sort"});
    all.push_back({"Pictures", tab(Tab::pictures)});
    for (const char* opener : {"pictures/class", "pictures/cell/0"})
      all.push_back({opener, tab(Tab::pictures), opener});
    all.push_back({"Profile", tab(Tab::profile)});
    for (int i = 0; i < static_cast<int>(playground::chapters().size()); ++i)
      all.push_back({"Learn " + std::to_string(i + 1), [&ui, i] {
                       ui.tab = Tab::learn;
                       if (ui.learn.open != i) ui.learn.go_to(i);
                     }});
    all.push_back({"learn/chapter", tab(Tab::learn), "learn/chapter"});
    all.push_back(
        {"Learn, replace weights",
         [&ui] {
           ui.tab = Tab::learn;
           const int i = with_experiment();
           if (ui.learn.open != i) ui.learn.go_to(i);
         },
         std::string("experiment/") +
             playground::chapters()[static_cast<std::size_t>(with_experiment())]->experiments[0].name});
    // Settings: beside the results on a wide page, tabs on a narrow one.
    all.push_back({"Data", tab(Tab::data)});
    all.push_back({"Data, sources", [&ui] { ui.tab = Tab::data, ui.data.choosing = true; }});
    for (int i = 1; i < ui.builder.network.count(); ++i)
      all.push_back(
          {"Model, layer " + std::to_string(i), [&ui, i] { ui.tab = Tab::model, ui.builder.open = i; }});
    for (const char* list : {"activation", "padding"})
      all.push_back(
          {std::string("Model, ") + list, [&ui] { ui.tab = Tab::model, ui.builder.open = 1; }, list});
    all.push_back({"Model, a change that waits", [this, &ui] {
                     ui.tab = Tab::model;
                     ui.builder.network.set_field(1, "filters", 9);
                     check_network();
                   }});
    all.push_back({"Model, a change that is refused", [this, &ui] {
                     ui.tab = Tab::model;
                     ui.builder.network.set_field(1, "kernel_size", *cnn::parse_json("[99, 99]"));
                     check_network();
                   }});
    for (const char* menu : {"model/menu", "model/preset", "model/add", "model/download"})
      all.push_back({menu, tab(Tab::model), menu});
    all.push_back({"Training", tab(Tab::training)});
    all.push_back({"Training, all", [&ui] {
                     ui.tab = Tab::training;
                     ui.training.augmentation = ui.training.callbacks = ui.training.groups =
                         ui.training.more = true;
                   }});
    for (const char* list : {"optimizer", "schedule", "loss"})
      all.push_back({std::string("Training, ") + list, tab(Tab::training), list});
    all.push_back({"A notice", [this, &ui] {
                     ui.tab = Tab::curves;
                     known().notice = playground::Notice{kLong};
                   }});
    all.push_back({"A question",
                   [&ui] {
                     ui.tab = Tab::curves;
                     ui.question.asked = playground::Question{
                         "Replace the trained network, and do not forget to read this?",
                         kLong,
                         {{"Use the network of the record recipe"}, {"Keep the trained network"}}};
                   },
                   "", true});
    all.push_back({"Help", tab(Tab::curves), "help"});
    all.push_back({"Reset", tab(Tab::curves), "reset"});
    return all;
  }

  /// What a view changed is as it was.
  void calm() {
    playground::Workbench& ui = app.ui();
    ui.curves.norms = ui.curves.more = ui.data.choosing = ui.inside.walking = false;
    ui.training.augmentation = ui.training.callbacks = ui.training.groups = ui.training.more = false;
    ui.builder.open = -1;
    if (!(ui.builder.network.config() == app.state().model.config))
      app.carry_out(playground::action::Discard{});
    known().notice.reset();
    ui.question = {};
    ImGui::ClosePopupsOverWindow(nullptr, false);
  }

  /// Scrolls a widget into view.
  void bring(const std::string& name) {
    for (const playground::Widget& w : playground::WidgetRects::all()) {
      if (w.name != name) continue;
      for (ImGuiWindow* window = ImGui::FindWindowByID(w.window); window != nullptr;
           window = window->ParentWindow)
        ImGui::ScrollToRectEx(window, ImRect(w.low, w.high), ImGuiScrollFlags_KeepVisibleEdgeY);
      return frame(), frame();
    }
  }

  void resize(ImVec2 size, float scale, bool coarse) {
    ImGui::GetIO().DisplaySize = size;
    app.ui().zoom = scale;
    playground::Touch::set_coarse(coarse);
    const float text = coarse ? 16 : 15, room = std::min(size.x / 1920, size.y / 1080);
    playground::apply_theme(dark, std::round(text * std::pow(std::clamp(room, 1.0f, 3.0f), 0.6f) * scale));
  }
  bool dark = false;

 private:
  static constexpr const char* kSmall = R"({"config":{"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"Conv2D","config":{"filters":8,"kernel_size":[3,3],"activation":"relu"}},
    {"class_name":"MaxPooling2D","config":{"pool_size":[4,4]}},
    {"class_name":"Dropout","config":{"rate":0.2}},
    {"class_name":"Flatten","config":{}},
    {"class_name":"Dense","config":{"units":10,"activation":"softmax"}}]}}})";

  static constexpr const char* kLong =
      "dense: units is 100,000, more than the 65,536 that a layer may have here; choose 65,536 or less, or "
      "put a Flatten layer between conv2d and dense (epoch 12 of 1,000, loss 0.8712, accuracy 24.2 %).";

  /// A chapter whose experiments need other weights.
  static int with_experiment() {
    int i = 0;
    while (playground::chapters()[static_cast<std::size_t>(i)]->experiments.empty()) ++i;
    return i;
  }
  /// What no message of this test brings about.
  playground::AppState& known() { return const_cast<playground::AppState&>(app.state()); }
  void check_network() {
    app.carry_out(playground::action::Check{app.ui().builder.network.config()});
    for (int i = 0; i < 3; ++i) pump(1);
  }

  std::function<void()> tab_predictions() {
    return [&ui = app.ui()] {
      ui.tab = playground::Tab::predictions, ui.predictions_of = playground::PredictionsOf::test;
    };
  }
  std::function<void()> inside(int view) {
    return [&ui = app.ui(), view] { ui.tab = playground::Tab::inside, ui.inside.view = view; };
  }
};

}  // namespace pair_tests
