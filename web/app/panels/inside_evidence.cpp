// What in the picture speaks for a class: Grad-CAM, the gradient, or a grey square that slides over it.
#include <algorithm>
#include <cmath>

#include "web/app/format.h"
#include "web/app/messages.h"
#include "web/app/panels/inside.h"
#include "web/app/widgets.h"

namespace playground {
namespace {

constexpr const char* kMethods[] = {"Grad-CAM", "Saliency", "Occlusion"};
constexpr const char* kWords[] = {
    "Bright: where the layer's maps, weighed by how much they speak for the class, are strong.",
    "Bright: pixels whose change would change the class's score most.",
    "Bright: where a grey square makes the class's probability fall furthest."};

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
  add_tile(rgb, map.size(0), map.size(1), [&](int row, int column) {
    const auto i = static_cast<std::size_t>(row * map.size(1) + column);
    return heat_colour(i < values.size() ? values[i] / high : 0);
  });
  ui.heat.assign(rgb);
}

void draw_class_choice(InsidePanel& ui, const InsideState& known) {
  const std::string taken = "The class it is taken for";
  if (!begin_choice("inside/class", ui.class_index < 0 ? taken : class_text(known, ui.class_index),
                    13 * em()))
    return;
  if (ImGui::Selectable(taken.c_str(), ui.class_index < 0)) ui.class_index = -1;
  for (int i = 0; i < known.model.classes; ++i)
    if (ImGui::Selectable(class_text(known, i).c_str(), ui.class_index == i)) ui.class_index = i;
  ImGui::EndCombo();
}

void draw_probabilities(const InsideState& known, const Json& args, float width) {
  const std::vector<double> probabilities = numbers_in(args, "probabilities");
  const int chosen = static_cast<int>(number_in(args, "class", -1));
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const bool is_it = static_cast<int>(i) == chosen;
    draw_share(ImGui::GetCursorScreenPos(), width, class_text(known, static_cast<int>(i)),
               static_cast<float>(probabilities[i]), is_it ? palette().text : palette().muted,
               is_it ? palette().accent : palette().faint);
    ImGui::Dummy(ImVec2(width, 1.15f * em()));
  }
}

}  // namespace

void draw_inside_evidence(InsidePanel& ui, const InsideState& known) {
  const InsideAnswer& answer = known.answers.heat;
  segmented("inside/method", kMethods, ui.method, known.narrow);
  if (!known.narrow) ImGui::SameLine(0, em());
  draw_class_choice(ui, known);
  slider("inside/strength", "strength", ui.strength, 0, 1);
  sentence(kWords[ui.method]);
  if (ui.method == 2) {
    ImGui::SameLine();
    if (button("inside/occlude", "Again", {.help = "With the weights as they are now"}))
      known.answers.heat.question.clear();
  }
  if (!answer.there()) return explain_missing(answer);
  if (ui.heat_made.stale(answer.number)) make_heat(ui, answer);
  const InsideAnswer::Array& map = answer.array("map");
  const float side = std::min(ImGui::GetContentRegionAvail().x, 18 * em());
  const ImVec2 low = ImGui::GetCursorScreenPos(), high(low.x + side, low.y + side);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ui.picture.draw(list, 0, low, high);
  ui.heat.draw_part(list, 0, ImVec2(static_cast<float>(map.size(1)), static_cast<float>(map.size(0))), low,
                    high, 0, ui.strength);
  ImGui::Dummy(ImVec2(side, side));
  WidgetRects::mark("inside/heat");
  if (!known.narrow) ImGui::SameLine(0, 1.5f * em());
  ImGui::BeginGroup();
  push_strong();
  ImGui::TextUnformatted(
      ("For " + class_text(known, static_cast<int>(number_in(answer.args, "class")))).c_str());
  pop_font();
  if (ui.method == 0) muted("layer " + text_in(answer.args, "layer"));
  draw_probabilities(known, answer.args, std::min(20 * em(), ImGui::GetContentRegionAvail().x));
  draw_colour_legend(ColourMap::heat, 0, ui.heat_high, std::min(20 * em(), ImGui::GetContentRegionAvail().x));
  ImGui::EndGroup();
}

}  // namespace playground
