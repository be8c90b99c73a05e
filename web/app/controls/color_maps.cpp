#include "web/app/controls/color_maps.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "web/app/controls/texts.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// Lightness (CIE L*) rises by about 15 from stop to stop: a gray print keeps the order.
constexpr Rgb kHeat[] = {{24, 15, 62},   {52, 49, 128},  {36, 97, 148},
                         {32, 147, 134}, {110, 194, 84}, {248, 226, 92}};
constexpr Rgb kSigns[] = {{166, 68, 0},    {213, 94, 0},  {240, 176, 120}, {247, 247, 247},
                          {138, 188, 224}, {0, 114, 178}, {0, 70, 128}};

Rgb between(std::span<const Rgb> stops, float share) {
  if (std::isnan(share)) return {128, 128, 128};
  const float at = std::clamp(share, 0.0f, 1.0f) * static_cast<float>(stops.size() - 1);
  const auto first = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const float part = at - static_cast<float>(first);
  Rgb result{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto from = static_cast<float>(stops[first][i]), to = static_cast<float>(stops[first + 1][i]);
    result[i] = static_cast<std::uint8_t>(std::lround(from + (to - from) * part));
  }
  return result;
}

}  // namespace

Rgb heat_color(float share) { return between(kHeat, share); }
Rgb signed_color(float value) { return between(kSigns, (value + 1) / 2); }

Rgb gray_color(float share) {
  constexpr Rgb kEnds[] = {{0, 0, 0}, {255, 255, 255}};
  return between(kEnds, share);
}

ImU32 class_color(int index) {
  constexpr Rgb kClasses[] = {{0, 114, 178},  {213, 94, 0},   {0, 158, 115},  {204, 121, 167},
                              {184, 134, 11}, {86, 180, 233}, {122, 82, 160}, {128, 128, 128},
                              {150, 40, 40},  {110, 190, 60}};
  return packed(kClasses[static_cast<std::size_t>(std::max(0, index)) % std::size(kClasses)]);
}

Rgb color(ColorMap map, float value) {
  return map == ColorMap::heat    ? heat_color(value)
         : map == ColorMap::signs ? signed_color(value)
                                  : gray_color(value);
}

void draw_color_legend(ColorMap map, float low, float high, float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const std::string from = number_words(static_cast<double>(low), 3),
                    to = number_words(static_cast<double>(high), 3);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float left = text_size(from).x + 0.4f * em(), right = text_size(to).x + 0.4f * em();
  const float bar = std::max(em(), width - left - right), height = 0.7f * em();
  text_at(list, at, palette().muted, from);
  constexpr int kSteps = 24;
  for (int i = 0; i < kSteps; ++i) {
    const float a = static_cast<float>(i) / kSteps, b = static_cast<float>(i + 1) / kSteps,
                middle = (a + b) / 2;
    list.AddRectFilled(ImVec2(at.x + left + a * bar, at.y + 0.2f * em()),
                       ImVec2(at.x + left + b * bar, at.y + 0.2f * em() + height),
                       packed(color(map, map == ColorMap::signs ? 2 * middle - 1 : middle)));
  }
  text_at(list, ImVec2(at.x + left + bar + 0.4f * em(), at.y), palette().muted, to);
  ImGui::Dummy(ImVec2(width, 1.1f * em()));
}

}  // namespace playground
