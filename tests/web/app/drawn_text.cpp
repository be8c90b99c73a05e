#include "web/app/controls/drawn_text.h"

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"

namespace playground::test {
namespace {

/// What can be read, a line each.
std::string readable() {
  std::string all;
  for (const DrawnText& line : drawn_text()) all += line.text + "\n";
  return all;
}

TEST_CASE("drawn text: what is written by any way is read where it stands, with its spaces") {
  HeadlessGui gui;
  ImVec2 at;
  const auto draw = [&] {
    ImGui::TextUnformatted("loss 2.3026, 2 of 10");
    at = ImGui::GetCursorScreenPos();
    text_at(*ImGui::GetWindowDrawList(), at, palette().text, "drawn");
    text_at(*ImGui::GetWindowDrawList(), ImVec2(at.x + 200, at.y), palette().text, "apart");
    ImGui::Dummy(ImVec2(10, 40));
    button("b", "Train", {});
  };
  for (int i = 0; i < 2; ++i) gui.frame(draw);
  CHECK(readable() == "loss 2.3026, 2 of 10\ndrawn\napart\nTrain\n");
  const DrawnText drawn = drawn_text()[1];
  CHECK(drawn.low.x == doctest::Approx(at.x));
  CHECK(drawn.low.y == doctest::Approx(at.y));
  CHECK(drawn.high.x - drawn.low.x == doctest::Approx(text_size("drawn").x).epsilon(0.1));
}

TEST_CASE("drawn text: what is scrolled away or behind a popup cannot be read") {
  HeadlessGui gui;
  const auto draw = [&](bool popup) {
    ImGui::BeginChild("part", ImVec2(300, 60));
    ImGui::TextUnformatted("first");
    ImGui::Dummy(ImVec2(10, 200));
    ImGui::TextUnformatted("last");
    ImGui::EndChild();
    if (popup && !ImGui::IsPopupOpen("over")) ImGui::OpenPopup("over");
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    if (ImGui::BeginPopup("over")) {
      ImGui::TextUnformatted("over it");
      ImGui::EndPopup();
    }
  };
  for (int i = 0; i < 2; ++i) gui.frame([&] { draw(false); });
  CHECK(readable() == "first\n");
  for (int i = 0; i < 3; ++i) gui.frame([&] { draw(true); });
  CHECK(readable() == "over it\n");
}

}  // namespace
}  // namespace playground::test
