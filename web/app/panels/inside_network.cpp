// The network as a picture: from the input to the classes a block for each layer, as large as its maps, with
// the strongest of them in it.
#include <algorithm>
#include <cmath>

#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/inside.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr float kLargest = 7, kStrip = 1.1f,
                kSheet = 0.3f;  // em: side of a map of 32 x 32, width of a row, a sheet
constexpr int kStripCells = 32;

/// What a block takes up: its map or row, the sheets behind it, and two lines of text.
struct BlockSize {
  float width, height, side;
  int sheets;
};

bool shows_classes(const InsideLayer& layer, const InsideState& state, bool last) {
  return last && layer.is_row() && layer.channels() == state.model.classes;
}

BlockSize size_of(const InsideLayer& layer, bool classes) {
  if (classes) return {12.5f * em(), 1.3f * em() * static_cast<float>(std::min(layer.channels(), 10)), 0, 1};
  const auto scaled = [](int size, int largest, float share) {
    return kLargest * em() *
           std::pow(std::min(1.0f, static_cast<float>(size) / static_cast<float>(largest)), share);
  };
  BlockSize size{};
  size.sheets = layer.is_row() ? 1 : std::clamp(1 + static_cast<int>(std::log2(layer.channels())) / 2, 1, 5);
  const float behind = kSheet * em() * static_cast<float>(size.sheets - 1);
  size.side = layer.is_row() ? scaled(layer.channels(), 4096, 0.2f)
                             : scaled(std::max(layer.rows(), layer.columns()), kPictureSide, 0.45f);
  size.width = std::max((layer.is_row() ? kStrip * em() : size.side) + behind, 5.6f * em());
  size.height = size.side + behind;
  return size;
}

/// A map as a tile; of a row each cell is the strongest of its share of the units, from top to bottom.
void add_block_tile(std::vector<std::uint8_t>& rgb, const InsideLayer& layer,
                    const InsideAnswer::Array& array, int channel) {
  const std::vector<float>& numbers = array.numbers;
  if (!layer.is_row()) {
    const MapRange range = range_of_map(numbers, layer.channels(), channel);
    add_tile(rgb, layer.rows(), layer.columns(), [&](int row, int column) {
      const auto i = static_cast<std::size_t>((row * layer.columns() + column) * layer.channels() + channel);
      return i < numbers.size() ? range.shade(numbers[i]) : Rgb{};
    });
    return;
  }
  const MapRange range = range_of_map(numbers, 1, -1);
  const int units = static_cast<int>(numbers.size()), cells = std::min(kStripCells, units);
  add_tile(rgb, cells, 1, [&](int row, int) {
    const auto first = numbers.begin() + units * row / cells,
               end = numbers.begin() + units * (row + 1) / cells;
    return range.shade(
        *std::max_element(first, end, [](float a, float b) { return std::abs(a) < std::abs(b); }));
  });
}

/// During training each block keeps showing the same map; switching would be too fast to follow.
int map_of_block(InsidePanel::NetworkBlock& block, const InsideLayer& layer, const InsideAnswer& answer,
                 bool trains) {
  if (layer.is_row()) return 0;
  if (trains && block.channel >= 0 && block.question == answer.question)
    return std::min(block.channel, layer.channels() - 1);
  const InsideAnswer::Array& array = answer.array("after");
  std::vector<MapRange> ranges;
  for (int c = 0; c < layer.channels(); ++c)
    ranges.push_back(range_of_map(array.numbers, layer.channels(), c));
  block.question = answer.question;
  return block.channel = strongest_first(ranges).front();
}

void make_tiles(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers,
                std::size_t count) {
  std::vector<std::uint8_t> rgb;
  for (std::size_t i = 0; i < count; ++i) {
    const InsideAnswer& answer = state.answers.network[i];
    if (answer.there() && !answer.array("after").numbers.empty())
      add_block_tile(rgb, layers[i], answer.array("after"),
                     map_of_block(ui.blocks[i], layers[i], answer, state.training.busy()));
    else
      add_tile(rgb, 0, 0, [](int, int) { return Rgb{}; });
  }
  ui.network_tiles.assign(rgb);
}

/// The classes with their probabilities, the true one marked.
void draw_classes(const InsideState& state, const InsideAnswer& answer, ImVec2 low, float width) {
  const std::vector<double> probabilities = numbers_in(answer.args, "probabilities");
  const int label = static_cast<int>(number_in(answer.args, "label", -1));
  const auto best = std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin();
  std::size_t shown = 0;
  for (std::size_t i = 0; i < probabilities.size() && shown < 10; ++i) {
    const int index = static_cast<int>(i);
    if (probabilities.size() > 10 && index != label && index != best)
      continue;  // many classes: the two that count
    draw_share(ImVec2(low.x, low.y + 1.3f * em() * static_cast<float>(shown++)), width,
               class_text(state, index), static_cast<float>(probabilities[i]),
               index == label ? palette().text : palette().muted,
               label < 0        ? palette().accent
               : index == label ? palette().right
                                : palette().wrong);
  }
}

/// The block of one layer; true if it was pressed.
bool draw_block(InsidePanel& ui, const InsideState& state, const InsideLayer& layer, std::size_t i,
                BlockSize size, bool classes) {
  const float line = 1.15f * em();
  const bool pressed = press_area("block", ImVec2(size.width, size.height + 2.4f * line));
  ui.blocks[i].in_view = ImGui::IsItemVisible();
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool on = ImGui::IsItemHovered() || (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible);
  if (on)
    list.AddRectFilled(ImVec2(low.x - 0.3f * em(), low.y - 0.3f * em()), ImVec2(high.x + 0.3f * em(), high.y),
                       palette().control, 0.4f * em());
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  const InsideAnswer& answer = state.answers.network[i];
  const float wide = layer.is_row() ? kStrip * em() : size.side, behind = size.height - size.side;
  const ImVec2 map(low.x + std::max(0.0f, (size.width - wide - behind) / 2), low.y + behind);
  const ImVec2 end(map.x + wide, map.y + size.side);
  if (classes) {
    draw_classes(state, answer, low, size.width);
  } else {
    for (int sheet = size.sheets - 1; sheet > 0; --sheet) {
      const float by = kSheet * em() * static_cast<float>(sheet);
      const ImVec2 a(map.x + by, map.y - by), b(end.x + by, end.y - by);
      list.AddRectFilled(a, b, palette().control);
      list.AddRect(a, b, palette().faint, 0, 0, hairline());
    }
    const bool row = layer.is_row();
    const ImVec2 part(
        row ? 1.0f : static_cast<float>(layer.columns()),
        row ? static_cast<float>(std::min(kStripCells, layer.channels())) : static_cast<float>(layer.rows()));
    if (layer.class_name == "InputLayer" && layer.channels() == 3)
      ui.picture.draw(list, 0, map, end);
    else if (answer.there())
      ui.network_tiles.draw_part(list, static_cast<int>(i), part, map, end);
    else
      list.AddRectFilled(map, end, palette().control);
    list.AddRect(map, end, palette().muted, 0, 0, hairline());
  }
  push_size(0.85f);
  const float text = low.y + size.height + 0.25f * em();
  const auto centered = [&](const std::string& words, float y, ImU32 color) {
    const std::string shown = fitted(words, size.width);
    text_at(list, ImVec2(low.x + (size.width - text_size(shown).x) / 2, y), color, shown);
  };
  centered(layer.name, text, palette().text);
  centered(shape_text(layer.shape), text + line, palette().muted);
  pop_font();
  const std::string options = options_text(state, layer.name);
  tooltip(layer.name + ", " + layer.class_name + (options.empty() ? "" : "\n" + options) +
          "\nPress to see its maps.");
  WidgetRects::mark("inside/block/" + layer.name, layer.name + " " + shape_text(layer.shape));
  return pressed;
}

}  // namespace

void draw_inside_network(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers) {
  ImGui::BeginChild("network", ImVec2(0, 0),
                    ImGuiChildFlags_NavFlattened | (state.narrow ? ImGuiChildFlags_AutoResizeY : 0),
                    ImGuiWindowFlags_NoBackground);
  sentence(
      "From the picture to the classes: the strongest map of each layer, live while the network trains. "
      "Press a block to see all its maps.");
  ImGui::Dummy(ImVec2(0, 0.6f * em()));
  const std::size_t count = std::min(layers.size(), state.answers.network.size());
  ui.blocks.resize(count);
  int answers = 0;
  for (std::size_t i = 0; i < count; ++i) answers += state.answers.network[i].number;
  if (ui.network_made.stale(answers, static_cast<int>(count))) make_tiles(ui, state, layers, count);
  const float gap = 1.7f * em(), left = ImGui::GetCursorScreenPos().x,
              right = left + ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ScrollbarSize,
              line_height = (kLargest + 5.2f) * em();
  ImVec2 at = ImGui::GetCursorScreenPos();
  float bottom = at.y;
  std::string open;
  for (std::size_t i = 0; i < count; ++i) {
    const bool classes = shows_classes(layers[i], state, i + 1 == layers.size());
    const BlockSize size = size_of(layers[i], classes);
    if (i > 0 && at.x + size.width > right)
      at = ImVec2(left, bottom);
    else if (i > 0)
      draw_icon(*ImGui::GetWindowDrawList(), Icon::chevron_right,
                ImVec2(at.x - gap / 2, at.y + kLargest * em() / 2), 0.9f * em(), palette().muted);
    const float room = std::max(line_height, size.height + 4 * em());
    ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + std::max(0.0f, (kLargest * em() - size.height) / 2)));
    ImGui::PushID(static_cast<int>(i));
    if (draw_block(ui, state, layers[i], i, size, classes)) open = layers[i].name;
    ImGui::PopID();
    bottom = std::max(bottom, at.y + room);
    at.x += size.width + gap;
  }
  ImGui::SetCursorScreenPos(ImVec2(left, bottom));
  ImGui::Dummy(ImVec2(0, 0));
  if (layers.size() > count) sentence("The first " + count_text(static_cast<double>(count)) + " layers.");
  ImGui::EndChild();
  if (open.empty()) return;
  choose_layer_named(ui, open);
  ui.view = InsidePanel::maps;
}

}  // namespace playground
