// Lines of running text: no number is broken, and none stands apart from its unit.
#include "web/app/controls/wrapping.h"

#include <algorithm>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "web/app/controls/texts.h"

using namespace playground;

TEST_SUITE_BEGIN("web/wrapping");

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines{""};
  for (const char c : text)
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  return lines;
}

}  // namespace

TEST_CASE("wrapping: a number stays whole and beside its unit at every width where it has room") {
  test::HeadlessGui gui;
  const std::string text =
      "Predicted as cat with 24.2 % after 1,234 steps of 32 × 32 pixels; the download has 170.5 MB, in 2:05.";
  const std::vector<std::string> whole = {"24.2 %", "1,234", "32 × 32", "170.5 MB", "2:05."};
  float least = 0;
  gui.frame([&] {
    for (const char* word : {"Predicted", "170.5 MB,"}) least = std::max(least, text_size(word).x);
    for (float width = least + 1; width < 800; width += 1) {
      const std::string wrap = wrapped(text, width);
      std::string joined = wrap;
      std::replace(joined.begin(), joined.end(), '\n', ' ');
      REQUIRE(joined == text);
      for (const std::string& one : whole) {
        CAPTURE(width);
        CHECK_MESSAGE(wrap.find(one) != std::string::npos, wrap);
      }
      for (const std::string& line : lines_of(wrap)) CHECK(text_size(line).x <= width + 1);
    }
  });
}

TEST_CASE(
    "wrapping: a word that is wider than the line is cut between characters, and breaks of the text stay") {
  test::HeadlessGui gui;
  gui.frame([&] {
    const float width = text_size("ÄÄÄ").x + 1;
    CHECK(wrapped("ÄÄÄÄÄÄÄ", width) == "ÄÄÄ\nÄÄÄ\nÄ");
    CHECK(wrapped("one\n\ntwo", 500) == "one\n\ntwo");
    CHECK(wrapped("", 500).empty());
    CHECK(wrapped("a b", 0) == "a\nb");
  });
}

TEST_CASE("wrapping: markup knows the same rule") {
  CHECK(may_break("a word", 1));
  CHECK(may_break("class 3 is cat", 7));
  CHECK_FALSE(may_break("about *61.3* %", 12));
  CHECK_FALSE(may_break("in 5 ms", 4));
  CHECK_FALSE(may_break("4 × 4 maps", 1));
  CHECK_FALSE(may_break("4 × 4 maps", 4));
  CHECK(may_break("4 × 4 maps", 6));
  CHECK(may_break("3 MBit", 1));
}

TEST_CASE("wrapping: a sentence in a window takes as many lines as its text has there") {
  test::HeadlessGui gui(ImVec2(200, 800));
  gui.frame([&] {
    const float top = ImGui::GetCursorScreenPos().y, room = ImGui::GetContentRegionAvail().x;
    const std::string text = "The network is right for 24.2 % of 10,000 pictures.";
    sentence(text);
    const auto lines = static_cast<float>(lines_of(wrapped(text, room)).size());
    CHECK(lines > 1);
    CHECK(ImGui::GetItemRectMax().y - top == doctest::Approx(lines * ImGui::GetFontSize()));
  });
}

TEST_SUITE_END();
