#include "web/app/panels/builder.h"

#include <algorithm>
#include <cmath>

#include "imgui_internal.h"
#include "web/app/controls/cards.h"
#include "web/app/controls/form.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/model_files.h"
#include "web/app/panels/preset_choice.h"
#include "web/app/state/fields.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

const Type* type_of(const Catalog& catalog, std::string_view class_name) {
  for (const Type& type : catalog.layers)
    if (type.class_name == class_name) return &type;
  return nullptr;
}

/// The summary row of a layer. Rows hold the layer's index; an older trainer gives only its name.
const SummaryRow* row_of(const ModelInfo& model, const Network& network, int index) {
  for (const SummaryRow& row : model.rows)
    if (row.layer == index || (row.layer < 0 && row.name == network.name(index))) return &row;
  return nullptr;
}

float row_height() { return Touch::coarse() ? 2.75f * em() : 1.85f * em(); }

std::string flop_text(double flops) { return short_count(flops) + (flops < 1e4 ? " FLOP" : "FLOP"); }

std::string cost_text(const SummaryRow& row) {
  std::string text = row.parameters > 0 ? count_text(row.parameters) + " parameters" : "no parameters";
  if (row.flops > 0) text += " · " + flop_text(row.flops);
  if (row.bytes > 0) text += " · " + bytes_text(row.bytes);
  return text;
}

struct RowLook {
  bool open, wrong, movable;
};

/// The row of a block: handle, name, shape, parameters.
void draw_row(const Network& network, int index, const SummaryRow* row, ImVec2 low, ImVec2 high,
              const RowLook& look) {
  const Palette& p = palette();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool hovered = ImGui::IsItemHovered();
  if (hovered || look.open)
    list.AddRectFilled(low, high, look.open ? p.control : mix(p.panel, p.control, 0.7f),
                       ImGui::GetStyle().FrameRounding);
  if (look.wrong) list.AddRect(low, high, p.wrong, ImGui::GetStyle().FrameRounding, 0, 0.1f * em());
  const float middle = (low.y + high.y) / 2, text_y = middle - em() / 2;
  if (look.movable)
    draw_icon(list, Icon::handle, ImVec2(low.x + 0.55f * em(), middle), 0.8f * em(),
              hovered || look.open ? p.muted : p.handle);
  const std::string parameters = row != nullptr && row->parameters > 0 ? count_text(row->parameters) : "";
  const float right = high.x - 0.4f * em();
  text_at(list, ImVec2(right - text_size(parameters).x, text_y), p.text, parameters);
  const std::string shape = row != nullptr ? shape_text(row->output_shape) : "";
  const float shape_x = low.x + (high.x - low.x) * 0.49f;
  text_at(list, ImVec2(shape_x, text_y), p.muted, shape);
  WidgetRects::mark("shape/" + std::to_string(index), ImVec2(shape_x, low.y), ImVec2(right, high.y), shape);
  text_at(list, ImVec2(low.x + 1.25f * em(), text_y), p.text,
          fitted(network.name(index), shape_x - low.x - 1.5f * em()));
}

/// Buttons to move, copy and remove the open block.
bool draw_row_actions(BuilderPanel& ui, int index) {
  Network& network = ui.network;
  bool changed = false;
  const auto icon_button = [&](const char* name, Icon icon, const char* help, bool enabled) {
    if (icon != Icon::up) same_line_where_fits(control_height(), 0.1f * em());
    return button(name, "", {.kind = Kind::quiet, .icon = icon, .enabled = enabled, .help = help});
  };
  const bool up = index > 0 && !network.fixed(index - 1), down = index + 1 < network.count();
  if (icon_button("block/up", Icon::up, "Move toward the input", up))
    changed = network.move(index, --ui.open);
  if (icon_button("block/down", Icon::down, "Move toward the output", down))
    changed = network.move(index, ++ui.open);
  if (icon_button("block/copy", Icon::copy, "Duplicate", true)) changed = network.duplicate(index), ++ui.open;
  if (icon_button("block/remove", Icon::trash, "Remove", true)) changed = network.remove(index), ui.open = -1;
  return changed;
}

bool draw_open_block(BuilderPanel& ui, const BuilderState& state, int index, const SummaryRow* row) {
  const Type* type = type_of(state.catalog, ui.network.class_name(index));
  ImGui::Indent(0.4f * em());
  bool changed = false;
  if (type != nullptr) {
    sentence(type->help);
    Json config = ui.network.layer(index)->find("config") != nullptr
                      ? *ui.network.layer(index)->find("config")
                      : Json::object();
    const Json before = config;
    if (draw_form("block", type->fields, config))
      for (const Field& field : type->fields) {
        const Json *now = config.find(field.name), *was = before.find(field.name);
        if (now != nullptr && (was == nullptr || !(*was == *now)))
          changed |= ui.network.set_field(index, field.name, *now);
      }
  }
  if (row != nullptr) {
    push_size(0.9f);
    sentence(cost_text(*row));
    pop_font();
  }
  if (ui.network.sequential()) changed |= draw_row_actions(ui, index);
  if (ui.opened) ImGui::ScrollToItem(ImGuiScrollFlags_KeepVisibleEdgeY);
  ui.opened = false;
  ImGui::Unindent(0.4f * em());
  return changed;
}

/// Shows where the dragged block would land; releasing the button moves it there.
bool drag(BuilderPanel& ui, const std::vector<float>& middles, float left, float width) {
  // Another network may have come in the middle of the drag.
  if (ui.dragged >= static_cast<int>(middles.size()) || ui.network.fixed(ui.dragged)) ui.dragged = -1;
  if (ui.dragged < 0) return false;
  int target = ui.dragged;
  const float y = ImGui::GetMousePos().y;
  for (int i = 0; i < static_cast<int>(middles.size()); ++i) {
    if (ui.network.fixed(i)) continue;
    if (i < ui.dragged && y < middles[static_cast<std::size_t>(i)]) {
      target = i;
      break;
    }
    if (i > ui.dragged && y > middles[static_cast<std::size_t>(i)]) target = i;
  }
  ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
  if (ImGui::IsMouseDown(0)) {
    const float half = row_height() / 2,
                at = middles[static_cast<std::size_t>(target)] + (target > ui.dragged ? half : -half);
    if (target != ui.dragged)
      ImGui::GetForegroundDrawList()->AddRectFilled(
          ImVec2(left, at - 0.08f * em()), ImVec2(left + width, at + 0.08f * em()), palette().accent);
    return false;
  }
  const bool moved = ui.network.move(ui.dragged, target);
  if (moved && ui.open == ui.dragged) ui.open = target;
  ui.dragged = -1;
  return moved;
}

/// All layer types by group, with their help as tooltip.
bool draw_layer_menu(BuilderPanel& ui, const Catalog& catalog) {
  bool changed = false;
  ImGui::SetNextWindowSizeConstraints(ImVec2(0, 0), ImVec2(28 * em(), ImGui::GetIO().DisplaySize.y * 0.8f));
  if (!ImGui::BeginPopup("layers")) return false;
  std::string group;
  for (const Type& type : catalog.layers) {
    if (type.class_name == "InputLayer") continue;
    if (type.group != group) {
      group = type.group;
      menu_note(group);
    }
    if (menu_entry(("layer/" + type.class_name).c_str(), type.class_name.c_str())) {
      changed = ui.network.insert(ui.insert_at, type.class_name, needed_settings(type.fields));
      if (changed) ui.open = ui.insert_at;
    }
    tooltip(type.help);
  }
  ImGui::EndPopup();
  return changed;
}

void draw_totals(const ModelInfo& model, bool known) {
  if (!known) return sentence("– parameters");
  double flops = 0, bytes = 0;
  for (const SummaryRow& row : model.rows) flops += row.flops, bytes += row.bytes;
  push_size(0.93f);
  std::string total = count_text(model.total) + " parameters";
  if (flops > 0) total += ", " + flop_text(flops) + " and " + bytes_text(bytes) + " per image";
  sentence(total);
  pop_font();
}

/// What the file of a network has that the list of layers does not show.
void draw_file_notes(const std::string& notes) {
  if (notes.empty()) return;
  push_size(0.93f);
  sentence(notes);
  WidgetRects::mark("model/file_notes", notes);
  pop_font();
}

/// Which pixels the network takes, and a button for the other range. Nothing where there is no doubt: in a
/// network that was built here.
UiRequest draw_input_range(const BuilderPanel& ui, const BuilderState& state) {
  const ModelInfo& model = state.model;
  const bool bytes = model.input_range == "0..255";
  if (model.input_text.empty() || !(bytes || model.from_file) || !(ui.network.config() == model.config))
    return {};
  push_size(0.93f);
  sentence("It " + model.input_text + ".");
  pop_font();
  UiRequest asked;
  if (button("model/pixels", bytes ? "Use 0 to 1" : "Use 0 to 255",
             {.kind = Kind::quiet,
              .enabled = !state.running,
              .help = "The pixel range the network was trained on. If its file does not state it, it is "
                      "detected from the first layers and can be wrong. The weights do not change."}))
    asked = action::SetInputRange{bytes ? "0..1" : "0..255"};
  return asked;
}

/// An edited network is built at once if no trained weights are lost; otherwise it waits (pending_network.h).
UiRequest build_if_nothing_is_lost(const BuilderPanel& ui, const BuilderState& state) {
  const bool fits = state.checked.error.empty() && state.checked.config == ui.network.config();
  if (ui.network.config() == state.model.config || !fits || state.has_history || state.running) return {};
  return action::Build{ui.network.config(), ""};
}

/// The summary, of the network in use or of the last checked one, that is valid for more layers of the edited
/// network: the layers before the first difference.
const ModelInfo& best_summary(const BuilderPanel& ui, const BuilderState& state) {
  const ModelInfo& checked = state.checked.model;
  return !checked.empty() && same_layers(checked.config, ui.network.config()) >=
                                 same_layers(state.model.config, ui.network.config())
             ? checked
             : state.model;
}

}  // namespace

UiRequest draw(BuilderPanel& ui, const BuilderState& state) {
  if (ui.network.count() == 0) {
    sentence("The layers of the network appear here.");
    return {};
  }
  const UiRequest preset = state.catalog.presets.empty() ? UiRequest{} : draw_preset_choice(ui, state);
  const UiRequest pending = build_if_nothing_is_lost(ui, state);
  const ModelInfo& shown = best_summary(ui, state);
  // While the trainer checks an edit, a moment, numbers of the same list stay: they would flicker.
  const bool checking = !(state.checked.config == ui.network.config());
  const int same = same_layers(shown.config, ui.network.config()), count = ui.network.count();
  const int known =
      checking && shown.config.find("config") != nullptr &&
              list_in(*shown.config.find("config"), "layers").size() == static_cast<std::size_t>(count)
          ? count
          : same;
  const bool refused = !state.checked.error.empty() && state.checked.config == ui.network.config();
  bool changed = false;
  const float width = ImGui::GetContentRegionAvail().x, left = ImGui::GetCursorScreenPos().x;
  std::vector<float> middles;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ImGui::GetStyle().ItemSpacing.x, 0.1f * em()));
  for (int i = 0; i < ui.network.count(); ++i) {
    if (ui.network.fixed(i)) {
      middles.push_back(-1e9f);
      continue;
    }
    ImGui::PushID(i);
    const SummaryRow* row = i < known ? row_of(shown, ui.network, i) : nullptr;
    const bool wrong = refused && state.checked.error_layer == i;
    if (press_area("block", ImVec2(width, row_height()))) {
      ui.open = ui.open == i ? -1 : i;
      ui.opened = true;
    }
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    middles.push_back((low.y + high.y) / 2);
    WidgetRects::mark("block/" + std::to_string(i), ui.network.name(i));
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const bool on_handle =
        ui.network.sequential() && ImGui::GetIO().MouseClickedPos[0].x < low.x + 1.3f * em();
    if (ImGui::GetMousePos().x < low.x + 1.3f * em()) Touch::claim_drag_if_hovered();
    if (ImGui::IsItemActive() && on_handle && ImGui::IsMouseDragging(0, 4)) ui.dragged = i;
    draw_row(ui.network, i, row, low, high, {ui.open == i, wrong, ui.network.sequential()});
    if (const Type* type = type_of(state.catalog, ui.network.class_name(i));
        type != nullptr && ui.open != i) {
      const Json* config = ui.network.layer(i)->find("config");
      const std::string settings = config != nullptr ? settings_text(*type, *config) : "";
      tooltip(type->class_name + (settings.empty() ? "" : "\n" + settings) +
              (row != nullptr ? "\n" + cost_text(*row) : ""));
    }
    if (ui.open == i) {
      ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0.55f * em(), 0.35f * em()));
      changed |= draw_open_block(ui, state, i, row);
      ImGui::PopStyleVar();
      ImGui::PopID();
      if (changed) break;  // indices no longer match
      continue;
    }
    ImGui::PopID();
  }
  ImGui::PopStyleVar();
  if (!changed) changed = drag(ui, middles, left, width);
  if (ui.network.sequential()) {
    if (button("model/add", "Add a layer", {.kind = Kind::quiet, .icon = Icon::plus})) {
      ui.insert_at = ui.open >= 0 ? ui.open + 1 : ui.network.count();
      ImGui::OpenPopup("layers");
    }
    tooltip(ui.open >= 0 ? "Inserted below the open layer" : "Added at the end");
    changed |= draw_layer_menu(ui, state.catalog);
  } else {
    sentence("This network branches: you can change its layers' settings, but not their order.");
  }
  UiRequest picture;
  if (ui.network.sequential()) same_line_where_fits(text_size("Show as a picture").x + 3 * em(), 0);
  if (button("model/picture", "Show as a picture",
             {.kind = Kind::quiet,
              .icon = Icon::chevron_right,
              .help = "Each layer with its maps, under Inside"}))
    picture = action::Show{action::Place::network};
  draw_totals(shown, known == count);
  const bool in_use = ui.network.config() == state.model.config;
  if (in_use) draw_file_notes(state.model.file_notes);
  const UiRequest pixels = draw_input_range(ui, state);
  const UiRequest files = draw_model_files(!state.model.empty() && !in_use);
  if (changed) return action::Check{ui.network.config()};
  if (preset) return preset;
  if (picture) return picture;
  if (pixels) return pixels;
  return files ? files : pending;
}

UiRequest draw_builder_heading(BuilderPanel& ui, const BuilderState& state) {
  if (ui.network.count() == 0) return {};
  UiRequest asked;
  const float side = control_height(), gap = 0.1f * em(), right = right_edge();
  const float line = ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y - 1.07f * em();
  ImGui::SetCursorPos(
      ImVec2(right - 3 * side - 2 * gap + 0.4f * em(), std::max(0.0f, line - (side - 1.07f * em()) / 2)));
  bool changed = false;
  if (button("model/undo", "",
             {.kind = Kind::quiet,
              .icon = Icon::undo,
              .enabled = ui.network.can_undo(),
              .help = "Undo (Ctrl+Z)"}))
    changed = ui.network.undo();
  ImGui::SameLine(0, gap);
  if (button("model/redo", "",
             {.kind = Kind::quiet,
              .icon = Icon::redo,
              .enabled = ui.network.can_redo(),
              .help = "Redo (Ctrl+Y)"}))
    changed = ui.network.redo();
  ImGui::SameLine(0, gap);
  if (button("model/menu", "", {.kind = Kind::quiet, .icon = Icon::menu, .help = "Presets, copy, text"}))
    ImGui::OpenPopup("model menu");
  if (changed) {
    ui.open = -1;
    return action::Check{ui.network.config()};
  }
  if (!ImGui::BeginPopup("model menu")) return asked;
  menu_note(state.has_history ? "Presets (new weights)" : "Presets");
  if (const UiRequest preset = preset_entries(ui, state)) asked = preset;
  ImGui::Separator();
  if (menu_entry("model/weights", "Weights from a file")) asked = action::ChooseFiles{"weights"};
  tooltip(
      "For this network: a safetensors file of PyTorch, Keras or JAX, or any other model's weights that "
      "fit.");
  if (menu_entry("copy/summary", "Copy the summary")) asked = action::CopyText{state.model.text};
  if (menu_entry("copy/keras", "Copy as Keras JSON")) asked = action::CopyText{ui.network.config().dump(2)};
  menu_note("Ctrl+V pastes an edited copy.");
  if (menu_entry("show/text", "Show as text")) asked = action::ShowText{};
  ImGui::EndPopup();
  return asked;
}

}  // namespace playground
