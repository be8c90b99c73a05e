#include "web/app/panels/calibration.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/state/format.h"

namespace playground {

void draw_calibration(const std::vector<CalibrationBin>& bins) {
  if (bins.empty()) return;
  ImGui::Dummy(ImVec2(0, 0.5f * em()));
  push_strong();
  ImGui::TextUnformatted("Confidence and accuracy");
  pop_font();
  const float side = std::min(13 * em(), ImGui::GetContentRegionAvail().x - 4 * em()), gutter = 3 * em();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 low(corner.x + gutter, corner.y + 0.3f * em()), high(low.x + side, low.y + side);
  ImGui::Dummy(ImVec2(gutter + side, side + 3 * em()));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Palette& p = palette();
  const auto at = [&](double x, double y) {
    return ImVec2(low.x + side * static_cast<float>(x), high.y - side * static_cast<float>(y));
  };
  push_size(0.87f);
  for (const double tick : {0.0, 0.5, 1.0}) {
    list.AddRectFilled(at(0, tick), ImVec2(high.x, at(0, tick).y + hairline()), p.line);
    const std::string text = percent_text(tick).substr(0, percent_text(tick).find('.')) + " %";
    text_at(list, ImVec2(low.x - 0.5f * em() - text_size(text).x, at(0, tick).y - em() / 2), p.muted, text);
    text_at(list, ImVec2(at(tick, 0).x - text_size(text).x / 2, high.y + 0.4f * em()), p.muted, text);
  }
  text_at(list, ImVec2((low.x + high.x - text_size("confidence").x) / 2, high.y + 1.6f * em()), p.muted,
          "confidence");
  pop_font();
  list.AddLine(at(0, 0), at(1, 1), p.faint, hairline());
  double most = 1;
  for (const CalibrationBin& bin : bins) most = std::max(most, bin.count);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (i > 0)
      list.AddLine(at(bins[i - 1].confidence, bins[i - 1].accuracy), at(bins[i].confidence, bins[i].accuracy),
                   p.train, 0.12f * em());
    const float radius = (0.16f + 0.34f * static_cast<float>(std::sqrt(bins[i].count / most))) * em();
    list.AddCircleFilled(at(bins[i].confidence, bins[i].accuracy), radius, p.train);
    ImGui::SetCursorScreenPos(ImVec2(at(bins[i].confidence, 0).x - 0.6f * em(), low.y));
    ImGui::PushID(static_cast<int>(i));
    ImGui::Dummy(ImVec2(1.2f * em(), side));
    tooltip(count_text(bins[i].count) + " pictures, mean confidence " + percent_text(bins[i].confidence) +
            ", accuracy " + percent_text(bins[i].accuracy));
    ImGui::PopID();
  }
  ImGui::SetCursorScreenPos(ImVec2(corner.x, high.y + 3 * em()));
  ImGui::Dummy(ImVec2(0, 0));
}

}  // namespace playground
