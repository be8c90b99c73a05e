// Evidence for a class in the picture: Grad-CAM, the gradient (saliency), or a gray square that hides a part
// (occlusion).
#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/panels/inside.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr const char* kMethods[] = {"Grad-CAM", "Saliency", "Occlusion"};
constexpr const char* kExplanations[] = {
    "Bright: where the layer's maps, weighted by their influence on the class, are strong.",
    "Bright: pixels whose change affects the class's score most.",
    "Bright: where a gray square lowers the class's probability most."};

/// The value at a pixel of the picture between the four cells around it: a cell's value is at its center.
template <class Value>
float between(Value value, int rows, int columns, int row, int column) {
  const auto place = [](int pixel, int cells) {
    return (static_cast<float>(pixel) + 0.5f) * static_cast<float>(cells) / kPictureSide - 0.5f;
  };
  const float y = place(row, rows), x = place(column, columns);
  const int top = static_cast<int>(std::floor(y)), left = static_cast<int>(std::floor(x));
  const float down = y - static_cast<float>(top), across = x - static_cast<float>(left);
  const auto along = [&](int r) { return value(r, left) * (1 - across) + value(r, left + 1) * across; };
  return along(top) * (1 - down) + along(top + 1) * down;
}

void make_heat(InsidePanel& ui, const InsideAnswer& answer) {
  const InsideAnswer::Array& map = answer.array("map");
  std::vector<float> values = map.numbers;
  if (text_in(answer.args, "what") == "occlusion") {
    const std::vector<double> probabilities = numbers_in(answer.args, "probabilities");
    const auto at = static_cast<std::size_t>(number_in(answer.args, "class"));
    const float whole = at < probabilities.size() ? static_cast<float>(probabilities[at]) : 1;
    for (float& value : values) value = std::max(0.0f, whole - value);
  }
  float high = 1e-9f;
  for (const float value : values) high = std::max(high, value);
  ui.heat_high = high;
  std::vector<std::uint8_t> rgb;
  const bool smooth = text_in(answer.args, "what") == "grad_cam";  // its cells do not align with pixels
  const int rows = map.size(0), columns = map.size(1);
  const auto value = [&](int row, int column) {
    const auto i =
        static_cast<std::size_t>(std::clamp(row, 0, rows - 1) * columns + std::clamp(column, 0, columns - 1));
    return i < values.size() ? values[i] : 0;
  };
  ui.heat_part = smooth ? ImVec2(kPictureSide, kPictureSide)
                        : ImVec2(static_cast<float>(columns), static_cast<float>(rows));
  add_tile(rgb, static_cast<int>(ui.heat_part.y), static_cast<int>(ui.heat_part.x), [&](int row, int column) {
    if (!smooth) return heat_color(value(row, column) / high);
    return heat_color(between(value, rows, columns, row, column) / high);
  });
  ui.heat.assign(rgb);
}

constexpr float kChoiceWidth = 13;  // em

void draw_class_choice(InsidePanel& ui, const InsideState& state) {
  const std::string predicted = "Predicted class";
  if (!begin_choice("inside/class", ui.class_index < 0 ? predicted : class_text(state, ui.class_index),
                    kChoiceWidth * em()))
    return;
  if (menu_entry("inside/class/predicted", predicted.c_str(), ui.class_index < 0)) ui.class_index = -1;
  for (int i = 0; i < state.model.classes; ++i)
    if (menu_entry(("inside/class/" + std::to_string(i)).c_str(), class_text(state, i).c_str(),
                   ui.class_index == i))
      ui.class_index = i;
  ImGui::EndCombo();
}

void draw_probabilities(const InsideState& state, const Json& args, float width) {
  const std::vector<double> probabilities = numbers_in(args, "probabilities");
  const int chosen = static_cast<int>(number_in(args, "class", -1));
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const bool is_it = static_cast<int>(i) == chosen;
    draw_share(ImGui::GetCursorScreenPos(), width, class_text(state, static_cast<int>(i)),
               static_cast<float>(probabilities[i]), is_it ? palette().text : palette().muted,
               is_it ? palette().accent : palette().faint);
    ImGui::Dummy(ImVec2(width, 1.15f * em()));
  }
}

/// The layer for Grad-CAM: any layer that outputs maps.
void draw_layer_choice(InsidePanel& ui, const std::vector<InsideLayer>& layers, const std::string& now) {
  if (!begin_choice("inside/cam_layer", "layer " + now, kChoiceWidth * em())) return;
  for (const InsideLayer& layer : layers)
    if (layer.index > 0 && layer.rows() * layer.columns() > 1 &&
        menu_entry(("inside/cam_layer/" + layer.name).c_str(), layer.name.c_str(), layer.name == now))
      ui.cam_layer = layer.name;
  ImGui::EndCombo();
}

/// Draws the gray square for that cell of the occlusion map.
void draw_square(const Json& args, Cell spot, ImVec2 low, float pixel) {
  const auto size = static_cast<int>(number_in(args, "size")),
             stride = static_cast<int>(number_in(args, "stride", 1));
  const auto begin = [&](int cell) { return cell * stride + (stride - size) / 2; };
  const auto clipped = [](int at) { return static_cast<float>(std::clamp(at, 0, kPictureSide)); };
  const ImVec2 a(low.x + pixel * clipped(begin(spot.column)), low.y + pixel * clipped(begin(spot.row)));
  const ImVec2 b(low.x + pixel * clipped(begin(spot.column) + size),
                 low.y + pixel * clipped(begin(spot.row) + size));
  ImGui::GetWindowDrawList()->AddRectFilled(a, b, IM_COL32(128, 128, 128, 255));
}

/// The map's value at the selected cell, in words.
std::string spot_text(const InsideState& state, const InsidePanel& ui, const InsideAnswer& answer) {
  const InsideAnswer::Array& map = answer.array("map");
  const auto at = static_cast<std::size_t>(ui.spot.row * map.size(1) + ui.spot.column);
  if (at >= map.numbers.size()) return "";
  const auto value = static_cast<double>(map.numbers[at]);
  if (text_in(answer.args, "what") != "occlusion")
    return capital(place_text(ui.spot.row, ui.spot.column)) + ": " + number_words(value, 3);
  const std::vector<double> probabilities = numbers_in(answer.args, "probabilities");
  const auto chosen = static_cast<std::size_t>(number_in(answer.args, "class"));
  const double whole = chosen < probabilities.size() ? probabilities[chosen] : 0;
  return class_text(state, static_cast<int>(chosen)) + ": " + percent_text(value) +
         " with the square here, " + percent_text(whole) + " without";
}

void draw_picture(InsidePanel& ui, const InsideState& state, const InsideAnswer& answer) {
  const InsideAnswer::Array& map = answer.array("map");
  const float room = ImGui::GetContentRegionAvail().x, gap = em();
  const float side = std::min((room - gap) / 2, std::clamp(0.3f * room, 17 * em(), 30 * em()));
  const ImVec2 original = ImGui::GetCursorScreenPos(), low(original.x + side + gap, original.y),
               high(low.x + side, low.y + side);
  ImGui::BeginGroup();
  ui.picture.draw(*ImGui::GetWindowDrawList(), 0, original, ImVec2(original.x + side, original.y + side));
  ImGui::Dummy(ImVec2(side, side));
  WidgetRects::mark("inside/original");
  ImGui::SetCursorScreenPos(low);
  const int rows = std::max(1, map.size(0)), columns = std::max(1, map.size(1));
  const float cell = side / static_cast<float>(std::max(rows, columns));
  pick_cell("inside/heat", rows, columns, cell, ui.spot);
  ui.spot = {std::min(ui.spot.row, rows - 1), std::min(ui.spot.column, columns - 1)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ui.picture.draw(list, 0, low, high);
  ui.heat.draw_part(list, 0, ui.heat_part, low, high, 0, ui.opacity);
  if (text_in(answer.args, "what") == "occlusion")
    draw_square(answer.args, ui.spot, low, side / kPictureSide);
  outline_cells(low, cell, ui.spot.row, ui.spot.column, 1, 1, palette().text);
  const std::string words = spot_text(state, ui, answer);
  ImGui::SetCursorScreenPos(ImVec2(original.x, high.y + 0.4f * em()));
  wrapped_text(words, 2 * side + gap);
  WidgetRects::mark("inside/spot", words);
  ImGui::EndGroup();
}

}  // namespace

void draw_inside_evidence(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers) {
  InsideAnswer& answer = state.answers.heat;
  segmented("inside/method", kMethods, ui.method, state.narrow);
  same_line_where_fits(kChoiceWidth * em(), em());
  draw_class_choice(ui, state);
  const bool there = answer.there() && text_in(answer.args, "what") == kEvidence[ui.method];
  if (ui.method == 0 && there) {
    same_line_where_fits(kChoiceWidth * em(), em());
    draw_layer_choice(ui, layers, text_in(answer.args, "layer"));
  }
  slider("inside/strength", "opacity", ui.opacity, 0, 1);
  if (ui.method == 2) {
    same_line_where_fits(28 * em(), 1.5f * em());
    slider("inside/square", "pixels, side of the square", ui.square, 2, 16);
    draw_lasting(answer, "The square was tried at " +
                             count_text(static_cast<double>(answer.array("map").numbers.size())) +
                             " places; point at one.");
  }
  sentence(kExplanations[ui.method]);
  if (!there) {
    if (ui.method != 2) explain_missing(answer);
    return;
  }
  if (ui.heat_made.stale(answer.number)) make_heat(ui, answer);
  draw_picture(ui, state, answer);
  same_line_where_fits(20 * em(), 1.5f * em());
  ImGui::BeginGroup();
  push_strong();
  ImGui::TextUnformatted(
      ("Evidence for " + class_text(state, static_cast<int>(number_in(answer.args, "class")))).c_str());
  pop_font();
  const float rest = ImGui::GetContentRegionAvail().x;
  const float width = std::min(rest, std::clamp(0.7f * rest, 20 * em(), 34 * em()));
  draw_probabilities(state, answer.args, width);
  draw_color_legend(ColorMap::heat, 0, ui.heat_high, width);
  ImGui::EndGroup();
}

}  // namespace playground
