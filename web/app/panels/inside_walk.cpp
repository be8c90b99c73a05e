// One unit by hand: where it looks, the numbers there, the kernel over them, the products and their sum.
#include <algorithm>
#include <cmath>

#include "web/app/format.h"
#include "web/app/messages.h"
#include "web/app/panels/inside.h"
#include "web/app/widgets.h"

namespace playground {
namespace {

struct Walk {
  const InsideAnswer& answer;
  const InsideAnswer::Array &values, &weights, &products;
  int rows, columns, channels;
  std::size_t at(int row, int column, int channel) const {
    return static_cast<std::size_t>((row * columns + column) * channels + channel);
  }
};

/// The channel of the input whose products weigh most: the one shown in numbers.
int heaviest(const Walk& walk) {
  const std::vector<double> sums = numbers_in(walk.answer.args, "channel_sums");
  const auto most = std::max_element(sums.begin(), sums.end(),
                                     [](double a, double b) { return std::abs(a) < std::abs(b); });
  return most == sums.end() ? 0 : static_cast<int>(most - sums.begin());
}

void draw_grid(const char* title, const Walk& walk, const InsideAnswer::Array& array, int channel,
               float cell) {
  ImGui::BeginGroup();
  muted(title);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float most = 1e-9f;
  for (const float value : array.numbers) most = std::max(most, std::abs(value));
  push_size(0.8f);
  for (int row = 0; row < walk.rows; ++row)
    for (int column = 0; column < walk.columns; ++column) {
      const float value = array.numbers[walk.at(row, column, channel)];
      const ImVec2 a(low.x + cell * static_cast<float>(column),
                     low.y + cell * 0.6f * static_cast<float>(row));
      const ImVec2 b(a.x + cell - 1, a.y + cell * 0.6f - 1);
      const Rgb back = signed_colour(value / most);
      list.AddRectFilled(a, b, packed(back));
      const std::string text = number_text(static_cast<double>(value));
      const float light = 0.3f * back[0] + 0.6f * back[1] + 0.1f * back[2];
      text_at(list, ImVec2((a.x + b.x - text_size(text).x) / 2, (a.y + b.y - ImGui::GetFontSize()) / 2),
              light > 130 ? IM_COL32(20, 26, 36, 255) : IM_COL32_WHITE, text);
    }
  pop_font();
  ImGui::Dummy(ImVec2(cell * static_cast<float>(walk.columns), cell * 0.6f * static_cast<float>(walk.rows)));
  ImGui::EndGroup();
}

/// The picture with the pixels that the unit can see.
void draw_field(InsidePanel& ui, const InsideAnswer& unit) {
  const float side = 7 * em();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ui.picture.draw(*ImGui::GetWindowDrawList(), 0, low, ImVec2(low.x + side, low.y + side));
  outline_field(unit.args, low, side);
  ImGui::Dummy(ImVec2(side, side));
}

std::string sum_text(const Walk& walk, int channel) {
  const std::vector<double> sums = numbers_in(walk.answer.args, "channel_sums");
  const Json& args = walk.answer.args;
  double all = 0;
  for (const double sum : sums) all += sum;
  std::string text;
  if (walk.channels > 1)
    text += "Channel " + std::to_string(channel) + ": " +
            number_text(sums[static_cast<std::size_t>(channel)], 4) + ". All " +
            std::to_string(walk.channels) + " channels: " + number_text(all, 4) + ". ";
  else
    text += "Products: " + number_text(all, 4) + ". ";
  const Json* bias = args.find("bias");
  if (bias != nullptr && bias->number() != nullptr) text += "Bias: " + number_text(*bias->number(), 4) + ". ";
  return text + "Sum: " + number_text(number_in(args, "before"), 4) + ".";
}

}  // namespace

void draw_inside_walk(InsidePanel& ui, const InsideState& known) {
  const InsideAnswer& unit = known.answers.unit;
  if (!unit.there()) return explain_missing(unit);
  const InsideAnswer::Array& values = unit.array("values");
  const Walk walk{unit,           values,         unit.array("weights"), unit.array("products"),
                  values.size(0), values.size(1), values.size(2)};
  const std::string rule = text_in(unit.args, "rule");
  push_strong();
  ImGui::TextUnformatted(("Unit " + std::to_string(ui.unit.row) + ", " + std::to_string(ui.unit.column) +
                          ": " + number_text(number_in(unit.args, "output"), 4))
                             .c_str());
  pop_font();
  WidgetRects::mark("inside/unit");
  draw_field(ui, unit);
  const bool numbers =
      walk.rows * walk.columns > 1 && walk.columns <= 7 && walk.rows <= 7 &&
      values.numbers.size() >= static_cast<std::size_t>(walk.rows * walk.columns * walk.channels);
  const bool weighted = rule == "weights";
  const int channel = weighted ? heaviest(walk) : 0;
  if (numbers) {
    const float cell = walk.columns > 3 ? 2.4f * em() : 3.2f * em(), gap = 0.6f * em();
    const std::string title = "Window in " + text_in(unit.args, "input");
    const float wide = cell * static_cast<float>(walk.columns);
    same_line_where_fits(std::max(wide, text_size(title).x), gap);
    draw_grid(title.c_str(), walk, values, channel, cell);
    if (weighted) {
      same_line_where_fits(wide, gap);
      draw_grid("times kernel", walk, walk.weights, channel, cell);
      same_line_where_fits(wide, gap);
      draw_grid("products", walk, walk.products, channel, cell);
    }
  }
  if (weighted) {
    sentence(sum_text(walk, channel));
    sentence("After the activation function: " + number_text(number_in(unit.args, "after"), 4) +
             "; the layer's own output: " + number_text(number_in(unit.args, "output"), 4) + ".");
  } else {
    sentence("The " +
             std::string(rule == "largest" ? "largest"
                         : rule == "mean"  ? "mean"
                                           : "sum") +
             " of the window is " + number_text(number_in(unit.args, "before"), 4) + ".");
  }
}

}  // namespace playground
