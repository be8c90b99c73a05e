#include "web/app/panels/preset_choice.h"

#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/own_models.h"

namespace playground {

UiRequest preset_entries(const BuilderPanel& ui, const BuilderState& state) {
  UiRequest asked;
  const std::string in_use = ui.network.config() == state.model.config ? state.model.preset : "";
  for (const Preset& preset : state.catalog.presets) {
    if (menu_entry(("preset/" + preset.name).c_str(), preset.title.c_str(), preset.name == in_use))
      asked = action::Build{{}, preset.name};
    tooltip(preset.help);
  }
  for (const OwnModel& model : kOwnModels) {
    if (menu_entry((std::string("own/") + model.name).c_str(), model.title))
      asked = action::LoadModel{model.name};
    tooltip(model.about);
  }
  return asked;
}

UiRequest draw_preset_choice(const BuilderPanel& ui, const BuilderState& state) {
  std::string title = "Ready-made networks";
  const bool in_use = !state.model.preset.empty() && ui.network.config() == state.model.config;
  // A changed network that is in use has the name of the one it comes from.
  const std::string& from = state.model.preset.empty() ? state.model.name : state.model.preset;
  for (const Preset& preset : state.catalog.presets)
    if (preset.name == from) title = preset.title + (in_use ? "" : ", changed");
  if (!begin_choice("model/preset", title, ImGui::GetContentRegionAvail().x)) return {};
  const UiRequest asked = preset_entries(ui, state);
  ImGui::EndCombo();
  return asked;
}

}  // namespace playground
