// A walk through everything the workbench shows, at the sizes of phones, tablets, laptops and wall displays,
// with small and large text, for a mouse and for a finger. No widget may overlap another, be cut, or be too
// small to press.
// One size alone: SIZE=390 build/native/tests/pair_tests -tc="layout:*"
#include <cstdlib>
#include <map>

#include "tests/web/pair/layout.h"
#include "tests/web/pair/views.h"

TEST_SUITE_BEGIN("web/layout");

using namespace pair_tests;

namespace {

constexpr float kFinger = 44;  // pixels

constexpr ImVec2 kSizes[] = {{360, 640},  {390, 844},  {480, 900},   {640, 900},  {820, 1180},
                             {1040, 780}, {1280, 800}, {1600, 1000}, {2560, 1440}};

}  // namespace

TEST_CASE("layout: no widget overlaps another, is cut, or is too small for a finger, at any size") {
  Trained pair;
  const char* only = std::getenv("SIZE");
  std::map<std::string, std::string> found;  // the first place of each
  std::map<std::string, int> times;
  std::map<std::string, bool> opened;
  for (const View& view : pair.views())
    if (!view.opener.empty()) opened[view.opener] = false;
  int looked = 0;
  for (const ImVec2 size : kSizes) {
    if (only != nullptr && std::atoi(only) != static_cast<int>(size.x)) continue;
    for (const float scale : {1.0f, 1.5f, 2.0f})
      for (const bool coarse : {false, true}) {
        pair.dark = coarse != (scale == 1.5f);  // the colors change no place; each theme gets its half
        pair.resize(size, scale, coarse);
        for (const View& view : pair.views()) {
          pair.calm();
          view.show();
          for (int i = 0; i < 3; ++i) pair.frame(), pair.pump(1);
          for (int i = 0; i < 8; ++i) pair.frame();  // the layout settles
          if (!view.opener.empty()) {
            pair.frame();
            pair.bring(view.opener);
            if (!WidgetRects::find(view.opener)) continue;  // not at this size
            opened[view.opener] = true;
            pair.press(view.opener.c_str());
            for (int i = 0; i < 2; ++i) pair.frame();
          }
          ++looked;
          const std::string where = std::to_string(static_cast<int>(size.x)) + " x " +
                                    std::to_string(static_cast<int>(size.y)) + ", text " +
                                    std::to_string(scale).substr(0, 3) + (coarse ? ", finger" : ", mouse") +
                                    (pair.dark ? ", dark, " : ", light, ") + view.name;
          for (const Finding& one : Layout(coarse ? kFinger : 0).findings()) {
            found.try_emplace(one.what, where + (one.detail.empty() ? "" : ": " + one.detail));
            ++times[one.what];
          }
        }
      }
  }
  for (const auto& [words, where] : found) FAIL_CHECK(words, " (", where, "; in ", times[words], " places)");
  CHECK(looked > 40);
  if (only != nullptr) return;
  for (const auto& [opener, was] : opened) CHECK_MESSAGE(was, opener, " was found at no size");
}

TEST_SUITE_END();
