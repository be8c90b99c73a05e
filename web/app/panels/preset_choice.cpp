#include "web/app/panels/preset_choice.h"

#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/own_models.h"

namespace playground {

UiRequest preset_entries(const BuilderPanel& ui, const BuilderState& state) {
  UiRequest asked;
  for (const Preset& preset : state.catalog.presets) {
    if (menu_entry(("preset/" + preset.name).c_str(), preset.title.c_str(), preset.name == ui.preset))
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
  for (const Preset& preset : state.catalog.presets)
    if (preset.name == ui.preset) title = preset.title;
  if (!ui.preset.empty() && !(ui.network.config() == state.model.config)) title += ", changed";
  if (!begin_choice("model/preset", title, ImGui::GetContentRegionAvail().x)) return {};
  const UiRequest asked = preset_entries(ui, state);
  ImGui::EndCombo();
  return asked;
}

}  // namespace playground
