#include "web/app/controls/plot.h"

#include <cmath>

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"

using namespace playground;
using playground::test::HeadlessGui;

TEST_SUITE_BEGIN("web/plot");

TEST_CASE("ticks: round numbers inside the range") {
  CHECK(round_ticks(0, 1, 5) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1});
  CHECK(tick_step(0, 10, 4) == 2.5);
  CHECK(tick_step(0, 7, 7) == 1);
  CHECK(log_ticks(0.01, 100, 5) == std::vector<double>{0.01, 0.1, 1, 10, 100});
  const std::vector<double> near = log_ticks(0.5, 5, 6);
  REQUIRE(near.size() == 4);
  CHECK(near[0] == doctest::Approx(0.5));
  CHECK(near[3] == doctest::Approx(5));
}

TEST_CASE("range: one extreme raw value does not flatten the curve") {
  PlotLine raw{"Training", 0, {{0, 1}, {1, 500}, {2, 1}}, true, false},
      smooth{"Training", 0, {{0, 2}, {1, 1.5}, {2, 1}}, false, false};
  const PlotLine lines[] = {raw, smooth};
  const Range range = y_range({}, {}, lines, 0, 2);
  CHECK(range.high < 3);
  CHECK(range.low < 1);
  PlotView hidden;
  hidden.hidden.insert("Training");
  CHECK(y_range({}, hidden, lines, 0, 2).high == 1);  // nothing visible: the default
}

TEST_CASE("range: a logarithmic scale ignores values without a logarithm") {
  const PlotLine lines[] = {{"loss", 0, {{0, 0}, {1, 0.01}, {2, 10}}, false, false}};
  PlotView view;
  view.logarithmic = true;
  const Range range = y_range({}, view, lines, 0, 2);
  CHECK(range.low > 0.001);
  CHECK(range.low < 0.01);
  CHECK(range.high > 10);
}

namespace {

struct Drawn {
  PlotView view;
  std::vector<PlotLine> lines{{"Training", IM_COL32_WHITE, {{0, 1}, {5, 0.5}, {10, 0.2}}, false, false},
                              {"Validation", IM_COL32_WHITE, {{5, 0.6}, {10, NAN}}, false, true}};
  bool operator()() {
    PlotSpec spec;
    spec.title = "Loss";
    spec.x_name = "epoch";
    spec.x_last = 10;
    draw_plot("loss", spec, view, lines, ImVec2(600, 400));
    return false;
  }
};

}  // namespace

TEST_CASE("plot: a press on a name in the legend hides its line, a second press shows it") {
  HeadlessGui gui;
  Drawn drawn;
  gui.press("legend/Loss/Validation", [&] { return drawn(); });
  CHECK(drawn.view.hidden.contains("Validation"));
  gui.press("legend/Loss/Validation", [&] { return drawn(); });
  CHECK(drawn.view.hidden.empty());
}

TEST_CASE("plot: the wheel zooms around the pointer, a drag pans, Show all resets the zoom") {
  HeadlessGui gui;
  Drawn drawn;
  const auto frame = [&] { gui.frame([&] { return drawn(); }); };
  frame();
  frame();
  const auto rect = WidgetRects::find("plot/loss");
  REQUIRE(rect);
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(rect->x + rect->z / 2, rect->y + rect->w / 2);
  frame();
  frame();
  io.AddMouseWheelEvent(0, 3);
  frame();
  frame();
  REQUIRE(drawn.view.zoom);
  const Point zoomed = *drawn.view.zoom;
  CHECK(zoomed.y - zoomed.x < 9);
  CHECK((zoomed.x + zoomed.y) / 2 == doctest::Approx(5).epsilon(0.02));
  io.AddMouseButtonEvent(0, true);
  frame();
  io.AddMousePosEvent(rect->x + rect->z / 2 - 40, rect->y + rect->w / 2);
  frame();
  frame();
  io.AddMouseButtonEvent(0, false);
  frame();
  REQUIRE(drawn.view.zoom);
  CHECK(drawn.view.zoom->x > zoomed.x);
  CHECK(drawn.view.zoom->y - drawn.view.zoom->x == doctest::Approx(zoomed.y - zoomed.x));
  gui.press("zoom out", [&] { return drawn(); });
  CHECK_FALSE(drawn.view.zoom);
}
