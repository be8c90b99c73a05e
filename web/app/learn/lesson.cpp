#include "web/app/learn/lesson.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"

namespace playground {

bool choose_picture(const char* name, const Lesson& lesson, int& chosen) {
  const PictureAtlas& atlas = lesson.train.first;
  const float gap = 0.3f * em(), room = ImGui::GetContentRegionAvail().x;
  const int most = std::min(atlas.count(), lesson.narrow ? 8 : 10);
  const float even = (room + gap) / static_cast<float>(std::max(1, most)) - gap;
  const float side = Touch::coarse() ? control_height() : std::min(2.6f * em(), even);
  bool changed = false;
  ImGui::PushID(name);
  for (int i = 0; i < most; ++i) {
    if (i > 0) same_line_where_fits(side, gap);
    ImGui::PushID(i);
    if (press_area("picture", ImVec2(side, side)) && i != chosen) {
      chosen = i;
      changed = true;
    }
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    atlas.draw(list, i, low, high, 0.2f * em());
    const bool ring = i == chosen || (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible);
    if (ring || ImGui::IsItemHovered())
      list.AddRect(ImVec2(low.x - 0.1f * em(), low.y - 0.1f * em()),
                   ImVec2(high.x + 0.1f * em(), high.y + 0.1f * em()),
                   i == chosen ? palette().accent : palette().faint, 0.3f * em(), 0, 0.14f * em());
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const auto label = static_cast<std::size_t>(lesson.train.labels[static_cast<std::size_t>(i)]);
    if (label < lesson.class_names.size()) tooltip(lesson.class_names[label]);
    WidgetRects::mark(std::string(name) + "/" + std::to_string(i));
    ImGui::PopID();
  }
  ImGui::PopID();
  ImGui::Dummy(ImVec2(0, 0.1f * em()));
  return changed;
}

std::vector<float> picture_values(const Lesson& lesson, int index) {
  std::vector<float> values(kPictureBytes);
  const std::size_t first = static_cast<std::size_t>(index) * kPictureBytes;
  if (index < 0 || first + kPictureBytes > lesson.train.rgb.size()) return values;
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(lesson.train.rgb[first + i]) / 255;
  return values;
}

}  // namespace playground
