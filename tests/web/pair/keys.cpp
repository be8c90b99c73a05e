// The whole workbench with Tab, Shift+Tab, arrows, Enter and Escape: every control in reading order,
// and out at both ends.
#include <map>
#include <set>

#include "tests/web/pair/layout.h"
#include "tests/web/pair/views.h"
#include "web/app/controls/tab_stops.h"

TEST_SUITE_BEGIN("web/keys");

using namespace pair_tests;
using playground::Leave;
using playground::TabStops;

namespace {

Leave key(Pair& pair, ImGuiKey which, bool shift = false) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Shift, shift);
  io.AddKeyEvent(which, true);
  pair.frame();
  const Leave leave = TabStops::leaves();
  io.AddKeyEvent(which, false);
  io.AddKeyEvent(ImGuiMod_Shift, false);
  pair.frame();
  return leave;
}

/// The focused widget; without a name: none, or it has no mark.
Widget focused() {
  for (const Widget& w : playground::WidgetRects::all())
    if (w.item != 0 && w.item == ImGui::GetFocusID()) return w;
  return {};
}

std::string name_of_focus() { return ImGui::GetIO().NavVisible ? focused().name : ""; }

/// The names of the widgets at which Tab stops, from one end to the other.
std::vector<std::string> walk(Pair& pair, bool back, std::vector<std::string>& wrong) {
  std::vector<std::string> names;
  TabStops::enter(back);
  for (int i = 0; i < 600; ++i) {
    pair.frame(), pair.frame();  // scrolls it into view
    const Widget w = focused();
    if (w.name.empty())
      wrong.push_back("a control without a name after " + (names.empty() ? "the start" : names.back()));
    names.push_back(w.name);
    const ImVec4 seen = w.seen();
    const float height = std::min(w.high.y - w.low.y, w.clip_high.y - w.clip_low.y);
    if (!w.name.empty() && (seen.z <= 0 || seen.w < 0.9f * height))
      wrong.push_back(w.name + " has the focus out of view: " + Layout::text(w.low.y, w.high.y) + " in " +
                      Layout::text(w.clip_low.y, w.clip_high.y));
    const Leave leave = key(pair, ImGuiKey_Tab, back);
    if (leave != Leave::no) {
      if (leave != (back ? Leave::backward : Leave::forward)) wrong.push_back("left at the other end");
      return names;
    }
  }
  wrong.push_back("the focus never left");
  return names;
}

/// In one window, the next widget is right of this one or below it.
bool reads_on(const Widget& a, const Widget& b) {
  if (a.window != b.window) return true;
  const bool above = b.high.y <= a.low.y + 1, left = b.high.x <= a.low.x + 1, right = b.low.x >= a.high.x - 1;
  const bool same_line = std::min(a.high.y, b.high.y) > std::max(a.low.y, b.low.y) + 2;
  return same_line ? !left : !above || right;
}

}  // namespace

TEST_CASE("keys: Tab walks every control of every tab in reading order, and leaves at both ends") {
  Trained pair;
  for (const ImVec2 size : {ImVec2(1280, 800), ImVec2(390, 844)}) {
    pair.resize(size, 1, false);
    for (const View& view : pair.views()) {
      if (!view.opener.empty() || view.dialog) continue;
      CAPTURE(size.x);
      CAPTURE(view.name);
      pair.calm();
      view.show();
      for (int i = 0; i < 4; ++i) pair.frame(), pair.pump(1);
      std::vector<std::string> wrong;
      std::vector<std::string> names = walk(pair, false, wrong);
      std::vector<std::string> stops;
      std::map<std::string, Widget> drawn;
      Widget before;
      for (const Widget& w : playground::WidgetRects::all()) {
        if (!w.tab_stop() || (!stops.empty() && w.item == before.item)) continue;
        if (!stops.empty() && !reads_on(before, w))
          wrong.push_back(before.name + " is read before " + w.name);
        stops.push_back(w.name);
        before = w;
      }
      if (names != stops) {
        for (const std::string& name : stops)
          if (std::find(names.begin(), names.end(), name) == names.end())
            wrong.push_back("Tab misses " + name);
        for (const std::string& name : names)
          if (std::count(names.begin(), names.end(), name) > 1) wrong.push_back("Tab comes twice to " + name);
      }
      std::vector<std::string> back = walk(pair, true, wrong);
      std::reverse(back.begin(), back.end());
      if (back != names)
        wrong.push_back("Shift+Tab goes another way: " + std::to_string(back.size()) + " of " +
                        std::to_string(names.size()));
      for (const std::string& words : std::set<std::string>(wrong.begin(), wrong.end())) FAIL_CHECK(words);
    }
  }
}

TEST_CASE("keys: Enter opens a menu, arrows choose in it, Escape closes it, and the focus is where it was") {
  Trained pair;
  TabStops::enter(false);
  pair.frame(), pair.frame();
  for (int i = 0; i < 60 && name_of_focus() != "model/menu"; ++i) key(pair, ImGuiKey_Tab);
  REQUIRE(name_of_focus() == "model/menu");
  key(pair, ImGuiKey_Enter);
  pair.frame(), pair.frame();
  CHECK(WidgetRects::find("copy/summary"));
  key(pair, ImGuiKey_DownArrow);
  CHECK(name_of_focus() != "model/menu");
  key(pair, ImGuiKey_Escape);
  pair.frame();
  CHECK_FALSE(WidgetRects::find("copy/summary"));
  CHECK(name_of_focus() == "model/menu");
}

TEST_CASE("keys: arrows choose a tab, a segment and a slider's value") {
  Trained pair;
  TabStops::enter(false);
  pair.frame(), pair.frame();
  for (int i = 0; i < 80 && name_of_focus() != "tab/curves"; ++i) key(pair, ImGuiKey_Tab);
  REQUIRE(name_of_focus() == "tab/curves");
  key(pair, ImGuiKey_RightArrow);
  pair.frame();
  CHECK(pair.app.ui().tab == playground::Tab::matrix);
  CHECK(name_of_focus() == "tab/matrix");
  for (int i = 0; i < 80 && name_of_focus() != "matrix/shown/Counts"; ++i) key(pair, ImGuiKey_Tab);
  key(pair, ImGuiKey_RightArrow);
  pair.frame();
  CHECK(pair.app.ui().matrix.shown == 1);
  pair.app.ui().tab = playground::Tab::inside;
  pair.app.ui().inside.view = playground::InsidePanel::evidence;
  for (int i = 0; i < 5; ++i) pair.frame(), pair.pump();
  TabStops::enter(false);
  pair.frame(), pair.frame();
  for (int i = 0; i < 120 && name_of_focus() != "inside/strength"; ++i) key(pair, ImGuiKey_Tab);
  REQUIRE(name_of_focus() == "inside/strength");
  const float before = pair.app.ui().inside.opacity;
  key(pair, ImGuiKey_LeftArrow);
  CHECK(pair.app.ui().inside.opacity < before);
}

TEST_CASE("keys: training, pausing and stopping leave the focus on the controls of the training") {
  Trained pair;
  TabStops::enter(false);
  pair.frame(), pair.frame();
  for (int i = 0; i < 10 && name_of_focus() != "train"; ++i) key(pair, ImGuiKey_Tab);
  REQUIRE(name_of_focus() == "train");
  pair.app.ui().training.fit["epochs"] = 50;
  key(pair, ImGuiKey_Enter);
  REQUIRE(pair.until([&] { return pair.app.state().training.running(); }));
  pair.frame();
  CHECK(name_of_focus() == "pause");
  key(pair, ImGuiKey_Enter);
  REQUIRE(pair.until([&] { return pair.state() == playground::RunState::paused; }));
  pair.frame();
  CHECK(name_of_focus() == "resume");
  for (int i = 0; i < 10 && name_of_focus() != "stop"; ++i) key(pair, ImGuiKey_Tab);
  REQUIRE(name_of_focus() == "stop");
  key(pair, ImGuiKey_Enter);
  REQUIRE(pair.settle());
  pair.frame();
  CHECK(name_of_focus() == "stop");
  key(pair, ImGuiKey_Tab);
  CHECK(name_of_focus() != "");
  CHECK(name_of_focus() != "stop");
}

TEST_SUITE_END();
