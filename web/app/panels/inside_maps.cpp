// The feature maps of a layer as tiles, and one of them enlarged, with the pressed unit.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/inside.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {

Rgb MapRange::shade(float value) const {
  const float top = std::max(high, 1e-9f);
  return low < 0 ? signed_color(value / top) : heat_color(value / top);
}

MapRange range_of_map(std::span<const float> numbers, int channels, int channel) {
  MapRange range;
  const auto step = static_cast<std::size_t>(std::max(1, channel < 0 ? 1 : channels));
  for (std::size_t i = static_cast<std::size_t>(std::max(0, channel)); i < numbers.size(); i += step) {
    if (!std::isfinite(numbers[i])) continue;
    range.low = std::min(range.low, numbers[i]), range.high = std::max(range.high, numbers[i]);
  }
  if (range.low < 0) range.high = std::max(range.high, -range.low), range.low = -range.high;
  return range;
}

std::vector<int> strongest_first(const std::vector<MapRange>& ranges) {
  std::vector<int> order(ranges.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return ranges[static_cast<std::size_t>(a)].high > ranges[static_cast<std::size_t>(b)].high;
  });
  return order;
}

void choose_layer_named(InsidePanel& ui, const std::string& name) {
  ui.layer = name;
  ui.channel = -1;
  ui.walking = false;
  ui.walk_step = ui.walk_channel = -1;
}

namespace {

/// The layers as a column; a press shows the layer's maps.
void draw_layers(InsidePanel& ui, const std::vector<InsideLayer>& layers, float width) {
  const InsideLayer* now = find_layer(layers, ui.layer);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float height = std::max(control_height(), 2.7f * em());
  for (const InsideLayer& layer : layers) {
    ImGui::PushID(layer.index);
    if (press_area("layer", ImVec2(width, height))) choose_layer_named(ui, layer.name);
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    const bool chosen = &layer == now;
    if (chosen || ImGui::IsItemHovered() || (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible))
      list.AddRectFilled(low, high, chosen ? palette().control_active : palette().control, 0.4f * em());
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    text_at(list, ImVec2(low.x + 0.5f * em(), low.y + 0.25f * em()), palette().text,
            fitted(layer.name, width - em()));
    push_size(0.85f);
    text_at(list, ImVec2(low.x + 0.5f * em(), low.y + 1.6f * em()), palette().muted,
            fitted(layer.class_name + "  " + shape_text(layer.shape), width - em()));
    pop_font();
    WidgetRects::mark("inside/layer/" + layer.name);
    ImGui::PopID();
  }
}

/// The layers as a drop-down list, on narrow pages.
void draw_layer_choice(InsidePanel& ui, const std::vector<InsideLayer>& layers, float width) {
  const InsideLayer* now = find_layer(layers, ui.layer);
  if (now == nullptr || !begin_choice("inside/layer", now->name + "  " + shape_text(now->shape), width))
    return;
  for (const InsideLayer& layer : layers) {
    if (menu_entry(("inside/layer/" + layer.name).c_str(),
                   (layer.name + "  " + shape_text(layer.shape)).c_str(), &layer == now))
      choose_layer_named(ui, layer.name);
  }
  ImGui::EndCombo();
}

/// The colors of the picture itself: they keep their order and their common scale.
bool is_picture(const InsideLayer& layer) { return layer.class_name == "InputLayer"; }

/// One tile per map; a row of units becomes a single tile with 32 units per line.
void make_tiles(InsidePanel& ui, const InsideLayer& layer, const InsideAnswer::Array& array) {
  const int channels = layer.channels(), count = std::min(channels, kInsideMaps);
  const MapRange all = range_of_map(array.numbers, 1, -1);
  ui.map_ranges.clear();
  std::vector<std::uint8_t> rgb;
  if (layer.is_row()) {
    ui.map_ranges.push_back(all);
    const int lines = (channels + kPictureSide - 1) / kPictureSide;
    add_tile(rgb, lines, kPictureSide, [&](int row, int column) {
      const auto i = static_cast<std::size_t>(row * kPictureSide + column);
      return i < array.numbers.size() ? all.shade(array.numbers[i]) : Rgb{};
    });
  }
  for (int c = 0; c < count && !layer.is_row(); ++c) {
    const MapRange own = range_of_map(array.numbers, channels, c);
    const MapRange scale = ui.one_scale || is_picture(layer) ? all : own;
    ui.map_ranges.push_back(own);
    add_tile(rgb, layer.rows(), layer.columns(), [&](int row, int column) {
      const auto i = static_cast<std::size_t>((row * layer.columns() + column) * channels + c);
      return i < array.numbers.size() ? scale.shade(array.numbers[i]) : Rgb{};
    });
  }
  ui.map_tiles.assign(rgb);
}

/// While the network trains, the tiles stay where they are: only another question sorts them again.
void sort_tiles(InsidePanel& ui, const InsideLayer& layer, const InsideAnswer& answer, bool trains) {
  if (trains && ui.order_question == answer.question && ui.map_order.size() == ui.map_ranges.size()) return;
  ui.order_question = answer.question;
  ui.map_order = strongest_first(ui.map_ranges);
  if (is_picture(layer)) std::sort(ui.map_order.begin(), ui.map_order.end());
}

ImVec2 tile_part(const InsideLayer& layer) {
  if (!layer.is_row()) return ImVec2(static_cast<float>(layer.columns()), static_cast<float>(layer.rows()));
  const int units = std::min(layer.channels(), kPictureSide * kPictureSide);
  const int rows = (units + kPictureSide - 1) / kPictureSide;
  return ImVec2(static_cast<float>(std::min(units, kPictureSide)), static_cast<float>(rows));
}

void draw_tiles(InsidePanel& ui, const InsideLayer& layer) {
  const float gap = 0.35f * em(), width = ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ScrollbarSize;
  const float least = Touch::coarse() ? 3.4f * em() : 3.0f * em();
  const int columns = std::max(1, static_cast<int>((width + gap) / (least + gap)));
  const float side =
      std::floor((width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  int dead = 0, place = 0;
  for (const int channel : ui.map_order) {
    if (place++ % columns != 0) ImGui::SameLine(0, gap);
    const MapRange& range = ui.map_ranges[static_cast<std::size_t>(channel)];
    dead += range.dead();
    if (draw_tile("inside/map", ui.map_tiles, channel, tile_part(layer), side, channel == ui.channel,
                  channel_text(layer, channel) +
                      (range.dead() ? ": zero everywhere" : ": up to " + short_number(range.high, 3))))
      ui.channel = channel;
  }
  std::string words = dead == 0 ? ""
                                : count_text(dead) + (dead == 1 ? " map is" : " maps are") +
                                      " zero everywhere for this picture.";
  if (layer.channels() > kInsideMaps)
    words += std::string(words.empty() ? "" : " ") + "The first " + count_text(kInsideMaps) + " of " +
             count_text(layer.channels()) + " maps.";
  if (words.empty()) return;
  sentence(words);
  WidgetRects::mark("inside/map_notes", words);
}

/// The chosen map, enlarged; a press selects a unit.
void draw_large(InsidePanel& ui, const InsideLayer& layer, float side) {
  const ImVec2 part = tile_part(layer);
  const float cell = side / std::max(part.x, part.y);
  const ImVec2 low = ImGui::GetCursorScreenPos(), size(cell * part.x, cell * part.y);
  const bool pressed = press_area("large", size);
  WidgetRects::mark("inside/large");
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ui.map_tiles.draw_part(list, layer.is_row() ? 0 : ui.channel, part, low,
                         ImVec2(low.x + size.x, low.y + size.y));
  const int rows = static_cast<int>(part.y), columns = static_cast<int>(part.x);
  if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible) {
    list.AddRect(low, ImVec2(low.x + size.x, low.y + size.y), palette().focus, 0, 0, 0.13f * em());
    const Cell was = ui.unit;
    constexpr std::pair<ImGuiKey, Cell> kMoves[] = {{ImGuiKey_DownArrow, {1, 0}},
                                                    {ImGuiKey_UpArrow, {-1, 0}},
                                                    {ImGuiKey_RightArrow, {0, 1}},
                                                    {ImGuiKey_LeftArrow, {0, -1}}};
    for (const auto& [key, by] : kMoves) {
      ImGui::SetItemKeyOwner(key);
      if (!ui.walking || !ImGui::IsKeyPressed(key)) continue;
      ui.unit = {std::clamp(was.row + by.row, 0, rows - 1),
                 std::clamp(was.column + by.column, 0, columns - 1)};
    }
  }
  if (pressed) {
    if (ImGui::IsMousePosValid() && ImGui::IsItemHovered()) {
      const ImVec2 mouse = ImGui::GetIO().MousePos;
      ui.unit = {std::clamp(static_cast<int>((mouse.y - low.y) / cell), 0, rows - 1),
                 std::clamp(static_cast<int>((mouse.x - low.x) / cell), 0, columns - 1)};
    }
    if (layer.is_row() && ui.unit.row * kPictureSide + ui.unit.column >= layer.channels()) ui.unit = {};
    ui.walking = true;
  }
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  if (ui.walking) outline_cells(low, cell, ui.unit.row, ui.unit.column, 1, 1, palette().text);
}

void draw_chosen(InsidePanel& ui, const InsideState& state, const InsideLayer& layer) {
  push_strong();
  ImGui::TextUnformatted(layer.is_row() ? layer.name.c_str()
                                        : (layer.name + ", " + channel_text(layer, ui.channel)).c_str());
  pop_font();
  const std::string options = options_text(state, layer.name);
  if (!options.empty()) sentence(options);
  const bool single = layer.field_rows == 1 && layer.field_columns == 1;
  sentence(layer.sees_all ? "Each of its units sees the whole picture."
           : single       ? "Each of its numbers comes from one pixel."
                          : "Each of its units sees " + std::to_string(layer.field_rows) + " \u00d7 " +
                          std::to_string(layer.field_columns) + " pixels, less at the border.");
  if (layer.has_activation) {
    constexpr const char* kSides[] = {"After activation", "Before"};
    int side = ui.before ? 1 : 0;
    if (segmented("inside/side", kSides, side)) ui.before = side == 1;
  }
}

}  // namespace

void draw_inside_maps(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers) {
  if (state.narrow) {
    draw_layer_choice(ui, layers, ImGui::GetContentRegionAvail().x);
  } else {
    begin_part("layers", ImVec2(12 * em(), 0), 0, ImGuiWindowFlags_NoBackground);
    draw_layers(ui, layers, ImGui::GetContentRegionAvail().x);
    ImGui::EndChild();
    ImGui::SameLine(0, em());
  }
  const InsideAnswer& maps = state.answers.maps;
  const InsideLayer* layer = maps.there() ? find_layer(layers, text_in(maps.args, "layer")) : nullptr;
  begin_part("maps", ImVec2(0, 0), state.narrow ? ImGuiChildFlags_AutoResizeY : 0,
             ImGuiWindowFlags_NoBackground);
  if (layer == nullptr) {
    explain_missing(maps);
    ImGui::EndChild();
    return;
  }
  const bool before = ui.before && layer->has_activation;
  if (ui.maps_made.stale(maps.number, (before ? 1 : 0) + (ui.one_scale ? 2 : 0))) {
    make_tiles(ui, *layer, maps.array(before ? "before" : "after"));
    sort_tiles(ui, *layer, maps, state.training.busy());
  }
  if (ui.channel < 0 || ui.channel >= ui.map_tiles.count())
    ui.channel = ui.map_order.empty() ? 0 : ui.map_order.front();
  draw_chosen(ui, state, *layer);
  const bool together = layer->is_row() || is_picture(*layer);
  const MapRange scale = ui.one_scale || together || ui.map_ranges.empty()
                             ? range_of_map(maps.array(before ? "before" : "after").numbers, 1, -1)
                             : ui.map_ranges[static_cast<std::size_t>(ui.channel)];
  draw_color_legend(scale.low < 0 ? ColorMap::signs : ColorMap::heat, scale.low, std::max(scale.high, 1e-9f),
                    std::min(22 * em(), ImGui::GetContentRegionAvail().x));
  if (!together) toggle("inside/one_scale", "One scale for all maps", ui.one_scale);
  const float room = ImGui::GetContentRegionAvail().x;
  draw_large(ui, *layer, std::min(room, std::clamp(0.3f * room, 15 * em(), 30 * em())));
  if (ui.walking) {
    if (!state.narrow) ImGui::SameLine(0, em());
    ImGui::BeginGroup();
    draw_inside_walk(ui, state);
    ImGui::EndGroup();
  } else {
    sentence("Press a cell of this map to see how its value is computed.");
  }
  if (!layer->is_row()) draw_tiles(ui, *layer);
  ImGui::EndChild();
}

}  // namespace playground
