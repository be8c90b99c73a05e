#include "web/app/controls/plot.h"

#include <cmath>

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "web/app/controls/widgets.h"

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
  bool wheel_zooms = true;
  std::vector<PlotLine> lines{{"Training", IM_COL32_WHITE, {{0, 1}, {5, 0.5}, {10, 0.2}}, false, false},
                              {"Validation", IM_COL32_WHITE, {{5, 0.6}, {10, NAN}}, false, true}};
  bool operator()() {
    PlotSpec spec;
    spec.title = "Loss";
    spec.x_name = "epoch";
    spec.x_last = 10;
    spec.wheel_zooms = wheel_zooms;
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

namespace {

/// A plot in a window that scrolls.
struct InPage {
  HeadlessGui gui;
  Drawn drawn;
  float scrolled = 0;
  InPage() {
    drawn.wheel_zooms = false;
    frame();
    frame();
  }
  void frame() {
    gui.frame([&] {
      ImGui::BeginChild("page");
      drawn();
      ImGui::Dummy(ImVec2(10, 3000));
      scrolled = ImGui::GetScrollY();
      ImGui::EndChild();
    });
  }
  ImVec4 point(float across, float down = 0.5f) {
    const ImVec4 rect = WidgetRects::find("plot/loss").value_or(ImVec4());
    REQUIRE(rect.z > 0);
    ImGui::GetIO().AddMousePosEvent(rect.x + across * rect.z, rect.y + down * rect.w);
    frame();
    frame();
    return rect;
  }
  void wheel(float notches) {
    ImGui::GetIO().AddMouseWheelEvent(0, notches);
    for (int i = 0; i < 4; ++i) frame();
  }
};

double epoch_in(const std::string& hover) { return std::strtod(hover.c_str() + sizeof "epoch", nullptr); }

}  // namespace

TEST_CASE("plot: in a page the wheel scrolls the page, and with Shift it zooms the plot") {
  InPage page;
  page.point(0.5f);
  page.wheel(-1);
  CHECK(page.scrolled > 0);
  CHECK_FALSE(page.drawn.view.zoom);
  page.wheel(10);
  page.point(0.5f);
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, true);
  page.frame();
  page.wheel(3);
  CHECK(page.scrolled == 0);
  REQUIRE(page.drawn.view.zoom);
  CHECK(page.drawn.view.zoom->y - page.drawn.view.zoom->x < 9);
}

TEST_CASE("plot: in a zoomed plot only points between the axes are marked and quoted") {
  InPage page;
  page.drawn.lines = {
      {"Training", IM_COL32_WHITE, {{0, 1}, {2, 0.8}, {4, 0.6}, {6, 0.5}, {8, 0.4}}, false, false},
      {"Validation", IM_COL32_WHITE, {{1, 0.9}, {9, 0.3}}, false, true}};
  page.drawn.view.zoom = Point{3, 7};
  for (const float across : {0.01f, 0.3f, 0.6f, 0.99f}) {
    CAPTURE(across);
    const ImVec4 axes = page.point(across);
    const std::string hover = WidgetRects::text("plot/hover");
    const auto dot = WidgetRects::find("plot/dot/Training");
    REQUIRE(dot);
    CHECK(dot->x >= axes.x);
    CHECK(dot->x <= axes.x + axes.z);
    CHECK(epoch_in(hover) == (across < 0.5f ? 4 : 6));
    CHECK(hover.find("Validation") == std::string::npos);  // it has no value here
    CHECK_FALSE(WidgetRects::find("plot/dot/Validation"));
  }
  page.drawn.view.zoom = Point{4.5, 5.5};
  page.point(0.5f);
  CHECK_FALSE(WidgetRects::find("plot/hover"));
}

TEST_CASE("plot: the values beside the pointer stay inside the axes, off the numbers around them") {
  InPage page;
  for (const float across : {0.02f, 0.5f, 0.97f})
    for (const float down : {0.02f, 0.5f, 0.98f}) {
      CAPTURE(across);
      CAPTURE(down);
      const ImVec4 axes = page.point(across, down);
      const auto values = WidgetRects::find("plot/hover");
      REQUIRE(values);
      CHECK(values->x >= axes.x);
      CHECK(values->x + values->z <= axes.x + axes.z);
      CHECK(values->y >= axes.y);
      CHECK(values->y + values->w <= axes.y + axes.w);
    }
}

TEST_CASE("tooltip: it appears below what it explains, or above it at the end of the page") {
  HeadlessGui gui;
  for (const float top : {100.0f, 760.0f}) {
    const auto frame = [&] {
      gui.frame([&] {
        ImGui::SetCursorPos(ImVec2(300, top));
        button("explained", "Explained", {.help = "What it does, in a sentence of some length."});
      });
    };
    frame();
    frame();
    const ImVec4 item = WidgetRects::find("explained").value_or(ImVec4());
    ImGui::GetIO().AddMousePosEvent(item.x + item.z / 2, item.y + item.w / 2);
    for (int i = 0; i < 90; ++i) frame();  // a tooltip waits
    const auto shown = WidgetRects::find("tooltip");
    REQUIRE(shown);
    const bool apart = shown->y >= item.y + item.w || shown->y + shown->w <= item.y;
    CHECK(apart);
    CHECK(shown->y + shown->w <= 800);

    const auto waits = [&](float x) {
      ImGui::GetIO().AddMousePosEvent(x, item.y + item.w / 2);
      for (int i = 0; i < 90; ++i) frame();
      return WidgetRects::find("tooltip").has_value();
    };
    HeadlessGui::press_at(ImVec2(item.x + item.z / 2, item.y + item.w / 2), frame);
    CHECK_FALSE(waits(item.x + item.z / 2 + 3));  // it would cover what the press brought
    CHECK_FALSE(waits(item.x - 50));
    CHECK(waits(item.x + item.z / 2));
  }
}
