#include "web/app/panels/help.h"

#include "web/app/widgets.h"

namespace playground {
namespace {

struct Key {
  const char* key;
  const char* does;
};
constexpr Key kKeys[] = {{"Space", "Train, pause, resume"},
                         {"S", "One mini-batch"},
                         {"R", "New weights"},
                         {"1 2 3 ...", "The tabs of the results"},
                         {"Tab, arrows", "Walk from control to control"},
                         {"Enter", "Press the control"},
                         {"Wheel on a plot", "Zoom; drag pans, double press shows everything"},
                         {"?", "This list"}};

}  // namespace

void draw_help(bool& open) {
  if (open) ImGui::OpenPopup("keys");
  open = false;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos(ImVec2(display.x / 2, display.y / 2), ImGuiCond_Always, ImVec2(0.5f, 0.5f));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(1.4f * em(), 1.2f * em()));
  const bool shown = ImGui::BeginPopup("keys");
  ImGui::PopStyleVar();
  if (!shown) return;
  push_strong(1.1f);
  ImGui::TextUnformatted("Keys");
  pop_font();
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  for (const Key& key : kKeys) {
    push_strong();
    ImGui::TextUnformatted(key.key);
    pop_font();
    ImGui::SameLine(9 * em());
    muted(key.does);
  }
  ImGui::EndPopup();
}

}  // namespace playground
