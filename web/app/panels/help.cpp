#include "web/app/panels/help.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"

namespace playground {
namespace {

struct Key {
  const char* key;
  const char* does;
};
constexpr Key kKeys[] = {{"Space", "Train, pause, resume"},
                         {"S", "One mini-batch"},
                         {"R", "New weights"},
                         {"Ctrl Z, Ctrl Y", "Undo and redo changes of the network"},
                         {"1 2 3 ...", "Switch between the tabs"},
                         {"Tab, arrows", "Move from control to control"},
                         {"Enter", "Press the control"},
                         {"Wheel on a plot", "Zoom; drag to pan, double-click to show everything"},
                         {"?", "This list"}};

}  // namespace

UiRequest draw_help(bool& open, bool narrow) {
  UiRequest asked;
  if (open) ImGui::OpenPopup("keys");
  open = false;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowSize(ImVec2(popup_width(32), 0));
  ImGui::SetNextWindowPos(ImVec2(display.x / 2, display.y / 2), ImGuiCond_Always, ImVec2(0.5f, 0.5f));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(1.4f * em(), 1.2f * em()));
  const bool shown = ImGui::BeginPopup("keys");
  ImGui::PopStyleVar();
  if (!shown) return asked;
  push_strong(1.1f);
  ImGui::TextUnformatted("Keys");
  pop_font();
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  for (const Key& key : kKeys) {
    push_strong();
    ImGui::TextUnformatted(key.key);
    pop_font();
    if (popup_width(32) > 20 * em()) ImGui::SameLine(9 * em());
    sentence(key.does);
  }
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  if (button("help/text", "The page as text",
             {.help = "History, summary and matrix as tables, to select, to copy, or for a screen reader"})) {
    asked = action::ShowText{};
    ImGui::CloseCurrentPopup();
  }
  same_line_where_fits(button_width("Licenses"), ImGui::GetStyle().ItemSpacing.x);
  if (button("help/notices", "Licenses", {.help = "Licenses of the software in this page, in a new tab"})) {
    asked = action::ShowNotices{};
    ImGui::CloseCurrentPopup();
  }
  if (narrow) {
    if (button("share", "Copy a link",
               {.icon = Icon::link, .help = "Copy a link to this network and its settings"}))
      asked = action::Share{};
  }
  ImGui::EndPopup();
  return asked;
}

}  // namespace playground
