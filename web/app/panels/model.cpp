#include "web/app/panels/model.h"

#include <algorithm>

#include "web/app/format.h"
#include "web/app/widgets.h"

namespace playground {

std::string shape_text(const std::vector<int>& shape) {
  std::string text;
  for (const int size : shape) text += (text.empty() ? "" : " × ") + std::to_string(size);
  return text;
}

Asked draw_summary(const ModelInfo& model) {
  if (model.empty()) {
    sentence("The layers of the network appear here.");
    return {};
  }
  const ImGuiTableFlags flags = ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_BordersInnerH;
  if (!ImGui::BeginTable("summary", 3, flags)) return {};
  ImGui::TableSetupColumn("layer", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("output", ImGuiTableColumnFlags_WidthFixed);
  ImGui::TableSetupColumn("parameters", ImGuiTableColumnFlags_WidthFixed);
  const auto right = [](const std::string& text) {
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                         std::max(0.0f, ImGui::GetContentRegionAvail().x - text_size(text).x));
    ImGui::TextUnformatted(text.c_str());
  };
  for (const SummaryRow& row : model.rows) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(fitted(row.name, ImGui::GetContentRegionAvail().x).c_str());
    tooltip(row.class_name);
    ImGui::TableNextColumn();
    muted(shape_text(row.output_shape));
    ImGui::TableNextColumn();
    if (row.parameters > 0)
      right(count_text(row.parameters));
    else
      ImGui::Dummy(ImVec2(0, 0));
  }
  ImGui::EndTable();
  label_value("parameters", count_text(model.total));
  return {};
}

}  // namespace playground
