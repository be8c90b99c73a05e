// The curves: what is marked, several runs over each other, zoom and smoothing.
#include "web/app/panels/curves.h"

#include <algorithm>
#include <cmath>

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"

using namespace playground;
using playground::test::HeadlessGui;

TEST_SUITE_BEGIN("web/curves");

namespace {

Run run_of_epochs(int id, std::vector<double> losses, std::vector<double> accuracies) {
  Run run;
  run.id = id;
  run.name = "Run " + std::to_string(id);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const auto epoch = static_cast<int>(i) + 1;
    run.history.push_back({.epoch = epoch,
                           .at = static_cast<double>(epoch),
                           .loss = 2,
                           .accuracy = 0.2,
                           .val_loss = losses[i],
                           .val_accuracy = accuracies[i]});
    for (int step = 0; step < 20; ++step)
      run.steps.add(static_cast<double>(20 * epoch + step), epoch - 1 + step / 20.0,
                    static_cast<float>(2 + (step % 2)), 0.5f);
  }
  return run;
}

}  // namespace

TEST_CASE("curves: in each plot the epoch is marked that is best there") {
  const std::vector<Run> runs{run_of_epochs(1, {1.5, 1.25, 1.75}, {0.4, 0.5, 0.6})};
  const CurvesState state{runs};
  for (const int by_epoch : {0, 1}) {
    CurvesPanel ui;
    ui.by_epoch = by_epoch;
    const std::vector<Mark> loss = loss_picture(ui, state).spec.marks,
                            accuracy = accuracy_picture(ui, state).spec.marks;
    REQUIRE(loss.size() == 1);
    REQUIRE(accuracy.size() == 1);
    CHECK(loss[0].x == 2);
    CHECK(loss[0].label == "best: epoch 2, 1.2500");
    CHECK(accuracy[0].x == 3);
    CHECK(accuracy[0].label == "best: epoch 3, 60.0 %");
  }
}

TEST_CASE("curves: of several runs, validation is thick and training thin, each in its run's color") {
  const std::vector<Run> runs{run_of_epochs(1, {1.5, 1.25}, {0.4, 0.5}),
                              run_of_epochs(2, {1.5, 1.25}, {0.4, 0.5})};
  for (const int by_epoch : {0, 1}) {
    CurvesPanel ui;
    ui.by_epoch = by_epoch;
    const std::vector<PlotLine> lines = loss_picture(ui, CurvesState{runs}).lines;
    REQUIRE(lines.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK_FALSE(lines[i].behind);  // that is for single values: too pale to follow
      CHECK(lines[i].thin == (i % 2 == 0));
      CHECK(lines[i].color == palette().runs[i / 2]);
    }
  }
  std::vector<Run> unvalidated = runs;
  for (HistoryRow& row : unvalidated[0].history) row.val_loss = row.val_accuracy = std::nullopt;
  const std::vector<PlotLine> lines = loss_picture({}, CurvesState{unvalidated}).lines;
  REQUIRE(lines.size() == 3);
  CHECK_FALSE(lines[0].thin);
}

TEST_CASE("curves: a run of an earlier visit has curves, without steps") {
  std::vector<Run> runs{run_of_epochs(1, {1.5, 1.25}, {0.4, 0.5})};
  runs[0].steps.clear();
  const std::vector<PlotLine> lines = loss_picture({}, CurvesState{runs}).lines;
  const auto training = std::find_if(lines.begin(), lines.end(),
                                     [](const PlotLine& l) { return l.name == "Training" && !l.behind; });
  REQUIRE(training != lines.end());
  CHECK(training->points.size() == 2);
}

TEST_CASE("curves: zooming one plot zooms all") {
  HeadlessGui gui(ImVec2(1200, 700));
  const std::vector<Run> runs{run_of_epochs(1, {1.5, 1.25}, {0.4, 0.5})};
  CurvesPanel ui;
  const auto panel = [&] { return draw(ui, CurvesState{runs}, 600, false); };
  gui.frame(panel);
  gui.frame(panel);
  const auto plot = WidgetRects::find("plot/accuracy");
  REQUIRE(plot);
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(plot->x + plot->z / 2, plot->y + plot->w / 2);
  gui.frame(panel);
  io.AddMouseWheelEvent(0, 3);
  gui.frame(panel);
  gui.frame(panel);
  REQUIRE(ui.accuracy.zoom);
  REQUIRE(ui.loss.zoom);
  CHECK(ui.loss.zoom->x == ui.accuracy.zoom->x);
  CHECK(ui.loss.zoom->y == ui.accuracy.zoom->y);
  CHECK(ui.loss.zoom->y - ui.loss.zoom->x < 2);
}

TEST_CASE("curves: the slider sets how smooth they are, from the values themselves on") {
  const std::vector<Run> runs{run_of_epochs(1, {1.5, 1.25}, {0.4, 0.5})};
  const auto roughness = [&](int percent) {
    CurvesPanel ui;
    ui.smoothing = percent;
    double sum = 0;
    for (const PlotLine& line : loss_picture(ui, CurvesState{runs}).lines)
      if (line.name == "Training" && !line.behind)
        for (std::size_t i = 1; i < line.points.size(); ++i)
          sum += std::fabs(line.points[i].y - line.points[i - 1].y);
    return sum;
  };
  CHECK(roughness(0) == doctest::Approx(39));  // 2, 3, 2, 3, ...
  CHECK(roughness(25) < roughness(0));
  CHECK(roughness(CurvesPanel::kUsual) < roughness(25));
  CHECK(roughness(100) < roughness(CurvesPanel::kUsual));
}

TEST_SUITE_END();
