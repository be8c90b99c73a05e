// The chapter about the record recipe.
#include <cmath>
#include <variant>

#include "tests/web/app/learn_reader.h"
#include "web/app/learn/speedrun.h"
#include "web/app/state/share.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("web/learn");

TEST_CASE("learn: whitening gives twelve maps of equal variance") {
  Reader reader;
  reader.open("speedrun");
  const auto& chapter = static_cast<const SpeedrunChapter&>(*reader.panel.chapter);
  REQUIRE(chapter.spreads().size() == SpeedrunChapter::kMaps);
  for (const double spread : chapter.spreads()) CHECK(std::fabs(spread - 1) < 0.05);
}

TEST_CASE("learn: the record run is measured first, and starts only if the data fills its batches") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);
  reader.open("speedrun");
  CHECK_FALSE(reader.press("speedrun/start"));
  const UiRequest asked = reader.press("speedrun/measure");
  REQUIRE(asked);
  CHECK(std::get<action::Measure>(*asked).preset == "speedrun");
  reader.measured = {"speedrun", 100, 400, 2, false};
  reader.data.train.count = 1000;
  CHECK_FALSE(reader.press("speedrun/start"));
  reader.data.train.count = 50000;
  const UiRequest start = reader.press("speedrun/start");
  REQUIRE(start);
  CHECK(std::get<action::OpenLink>(*start).train);
  const auto shared = read_hash(std::get<action::OpenLink>(*start).hash, catalog());
  REQUIRE(shared);
  CHECK(shared->preset == "speedrun");
  // 476 steps of 1,024 pictures, then ten validations and six views of 10,000.
  CHECK(speedrun_seconds(reader.measured, 50000, 10000) ==
        doctest::Approx(476 * 1024 / 100.0 + 16 * 10000 / 400.0));
  CHECK(speedrun_seconds(reader.measured, 1023, 10000) == 0);
  reader.training.state = RunState::training;
  CHECK_FALSE(reader.press("speedrun/start"));
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::test
