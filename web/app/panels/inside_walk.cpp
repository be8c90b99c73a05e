// The sum of a single unit: its receptive field, the numbers in its window, the kernel, the products and
// their sum, all at once or product by product.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "web/app/controls/cards.h"
#include "web/app/controls/prose.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/panels/inside.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr int kLargestGrid = 7;     // most cells along a side with readable numbers
constexpr std::size_t kListed = 8;  // largest products listed if there is no grid

/// The answer about a unit: window, weights and products, each [rows, columns, channels].
struct Walk {
  const InsideAnswer& answer;
  InsideLayer input;  ///< the layer that the window is in
  const InsideAnswer::Array &values, &weights, &products;
  int rows, columns, channels;

  Walk(const InsideAnswer& unit, const std::vector<InsideLayer>& layers)
      : answer(unit),
        values(unit.array("values")),
        weights(unit.array("weights")),
        products(unit.array("products")),
        rows(values.size(0)),
        columns(values.size(1)),
        channels(values.size(2)) {
    for (const InsideLayer& layer : layers)
      if (layer.name == text_in(unit.args, "input")) input = layer;
    input.shape = {rows, columns, channels};  // of the window
  }

  int cells() const { return rows * columns; }
  int count() const { return cells() * channels; }
  bool weighted() const { return text_in(answer.args, "rule") == "weights"; }
  bool whole() const { return values.numbers.size() == static_cast<std::size_t>(count()); }
  bool fits_grid() const { return whole() && cells() > 1 && rows <= kLargestGrid && columns <= kLargestGrid; }
  std::size_t at(int row, int column, int channel) const {
    return static_cast<std::size_t>((row * columns + column) * channels + channel);
  }
  /// Index of the product added in a step: channel by channel, within a channel row by row.
  std::size_t at_step(int step) const {
    const int cell = step % cells();
    return at(cell / columns, cell % columns, step / cells());
  }
};

/// The input channel whose products have the largest sum, by absolute value.
int heaviest(const Walk& walk) {
  const std::vector<double> sums = numbers_in(walk.answer.args, "channel_sums");
  const auto most = std::max_element(sums.begin(), sums.end(),
                                     [](double a, double b) { return std::abs(a) < std::abs(b); });
  return most == sums.end() ? 0 : static_cast<int>(most - sums.begin());
}

/// Marked cells of a grid: those before `done` are already added, `now` is being added.
struct Marks {
  int done, now;
};

void draw_grid(const char* title, const Walk& walk, const InsideAnswer::Array& array, int channel, float cell,
               Marks marks) {
  ImGui::BeginGroup();
  muted(title);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float most = 1e-9f;
  for (const float value : array.numbers) most = std::max(most, std::abs(value));
  const float height = 0.6f * cell;
  push_size(0.8f);
  for (int i = 0; i < walk.cells(); ++i) {
    const float value = array.numbers[walk.at(i / walk.columns, i % walk.columns, channel)];
    const ImVec2 a = grid_place(low, i, walk.columns, ImVec2(cell, height));
    const ImVec2 b(a.x + cell - 1, a.y + height - 1);
    const Rgb back = signed_color(value / most);
    const bool later = i >= marks.done;
    list.AddRectFilled(a, b, later ? mix(palette().panel, packed(back), 0.25f) : packed(back));
    const std::string text = number_text(static_cast<double>(value));
    const float light = 0.3f * static_cast<float>(back[0]) + 0.6f * static_cast<float>(back[1]) +
                        0.1f * static_cast<float>(back[2]);
    text_at(list, ImVec2((a.x + b.x - text_size(text).x) / 2, (a.y + b.y - ImGui::GetFontSize()) / 2),
            later         ? palette().muted
            : light > 130 ? IM_COL32(20, 26, 36, 255)
                          : IM_COL32_WHITE,
            text);
    if (i == marks.now) list.AddRect(a, b, palette().text, 0, 0, std::max(hairline(), 0.13f * em()));
  }
  pop_font();
  ImGui::Dummy(ImVec2(cell * static_cast<float>(walk.columns), height * static_cast<float>(walk.rows)));
  ImGui::EndGroup();
}

/// The picture with the unit's receptive field outlined.
void draw_field(InsidePanel& ui, const InsideAnswer& unit) {
  const float side = 7 * em();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ui.picture.draw(*ImGui::GetWindowDrawList(), 0, low, ImVec2(low.x + side, low.y + side));
  outline_field(unit.args, low, side);
  ImGui::Dummy(ImVec2(side, side));
}

/// Controls for the product being added, or for the visible channel.
void draw_steps(InsidePanel& ui, const Walk& walk) {
  if (ui.walk_step >= walk.count()) ui.walk_step = -1;
  if (ui.walk_step < 0) {
    if (button("inside/walk/begin", "Step by step", {.help = "Adds the products one after the other"}))
      ui.walk_step = 0;
    if (walk.channels < 2) return;
    const int now = ui.walk_channel < 0 ? heaviest(walk) : std::min(ui.walk_channel, walk.channels - 1);
    const std::string text = channel_text(walk.input, now);
    const float width = fitting_width(std::max(12 * em(), text_size(text).x + 2 * control_height() + em()));
    same_line_where_fits(width, ImGui::GetStyle().ItemSpacing.x);
    const Stepped to = stepper("inside/walk/channel", text, width);
    if (to.direction != 0) ui.walk_channel = (now + to.direction + walk.channels) % walk.channels;
    return;
  }
  const Stepped to =
      stepper("inside/walk/step", std::to_string(ui.walk_step + 1) + " of " + std::to_string(walk.count()),
              fitting_width(11 * em()));
  ui.walk_step = std::clamp(ui.walk_step + to.direction, 0, walk.count() - 1);
  if (to.edited) ui.walk_step = std::clamp(std::atoi(to.edited->c_str()) - 1, 0, walk.count() - 1);
  same_line_where_fits(button_width("All at once"), ImGui::GetStyle().ItemSpacing.x);
  if (button("inside/walk/all", "All at once")) ui.walk_step = -1;
}

std::string decimals(double value) { return number_text(value, 4); }

/// Muted text that wraps only between words, not within a number.
void paragraph(const std::string& words) {
  draw_markup(words, std::min(ImGui::GetContentRegionAvail().x, kMeasure * em()), 1, palette().muted);
}

/// "Channel 1 of 32: " at the beginning of a sentence.
std::string channel_heading(const Walk& walk, int channel) {
  std::string text = channel_text(walk.input, channel) + ": ";
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// The product being added, and the sum so far.
std::string step_text(const Walk& walk, int step) {
  double sum = 0;
  for (int i = 0; i <= step; ++i) sum += static_cast<double>(walk.products.numbers[walk.at_step(i)]);
  const std::size_t at = walk.at_step(step);
  return (walk.channels > 1 ? channel_heading(walk, step / walk.cells()) : std::string()) +
         decimals(static_cast<double>(walk.values.numbers[at])) + " \u00d7 " +
         decimals(static_cast<double>(walk.weights.numbers[at])) + " = " +
         decimals(static_cast<double>(walk.products.numbers[at])) + ". Sum so far: " + decimals(sum) + ".";
}

std::string sum_text(const Walk& walk, int channel) {
  const std::vector<double> sums = numbers_in(walk.answer.args, "channel_sums");
  const Json& args = walk.answer.args;
  const double all = std::accumulate(sums.begin(), sums.end(), 0.0);
  std::string text;
  if (walk.channels > 1 && walk.fits_grid())
    text += channel_heading(walk, channel) + decimals(sums[static_cast<std::size_t>(channel)]) + ". All " +
            std::to_string(walk.channels) + " channels: " + decimals(all) + ". ";
  else
    text += "All " + count_text(walk.count()) + " products: " + decimals(all) + ". ";
  const Json* bias = args.find("bias");
  if (bias != nullptr && bias->number() != nullptr) text += "Bias: " + decimals(*bias->number()) + ". ";
  return text + "Sum: " + decimals(number_in(args, "before")) + ".";
}

/// The largest products, for a unit with too many inputs for a grid.
void draw_list(const Walk& walk) {
  const std::vector<float>& products = walk.products.numbers;
  std::vector<std::size_t> order(products.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto listed = static_cast<std::ptrdiff_t>(std::min(kListed, order.size()));
  std::partial_sort(order.begin(), order.begin() + listed, order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(products[a]) > std::abs(products[b]);
  });
  muted("The largest products:");
  for (std::ptrdiff_t i = 0; i < listed; ++i) {
    const std::size_t at = order[static_cast<std::size_t>(i)];
    ImGui::TextUnformatted(("Input " + count_text(static_cast<double>(at + 1)) + ":  " +
                            number_text(static_cast<double>(walk.values.numbers[at]), 3) + " \u00d7 " +
                            number_text(static_cast<double>(walk.weights.numbers[at]), 3) + " = " +
                            number_text(static_cast<double>(products[at]), 3))
                               .c_str());
  }
}

void draw_weighted(InsidePanel& ui, const Walk& walk) {
  const bool stepping = ui.walk_step >= 0;
  const int channel = stepping               ? ui.walk_step / walk.cells()
                      : ui.walk_channel >= 0 ? std::min(ui.walk_channel, walk.channels - 1)
                                             : heaviest(walk);
  const float cell = walk.columns > 3 ? 2.4f * em() : 3.2f * em(), gap = 0.6f * em();
  const int now = stepping ? ui.walk_step % walk.cells() : -1;
  const Marks shown{walk.cells(), now}, added{stepping ? now + 1 : walk.cells(), now};
  const std::string title = "Window in " + text_in(walk.answer.args, "input");
  const float wide = cell * static_cast<float>(walk.columns);
  draw_grid(title.c_str(), walk, walk.values, channel, cell, shown);
  same_line_where_fits(wide, std::max(gap, text_size(title).x - wide + gap));
  draw_grid("kernel", walk, walk.weights, channel, cell, shown);
  same_line_where_fits(wide, gap);
  draw_grid("products", walk, walk.products, channel, cell, added);
  if (stepping) {
    const std::string words = step_text(walk, ui.walk_step);
    paragraph(words);
    WidgetRects::mark("inside/walk/sum", words);
    if (ui.walk_step + 1 < walk.count()) return;
  }
  paragraph(sum_text(walk, channel));
}

void draw_window(const Walk& walk, const std::string& rule) {
  int winner = -1;
  if (rule == "largest") {
    const auto& numbers = walk.values.numbers;
    winner = static_cast<int>(std::max_element(numbers.begin(), numbers.end()) - numbers.begin());
  }
  if (walk.fits_grid())
    draw_grid(("Window in " + text_in(walk.answer.args, "input")).c_str(), walk, walk.values, 0,
              walk.columns > 3 ? 2.4f * em() : 3.2f * em(), {walk.cells(), winner});
  paragraph("The " + rule + " of the window is " + decimals(number_in(walk.answer.args, "before")) + ".");
}

}  // namespace

void draw_inside_walk(InsidePanel& ui, const InsideState& state) {
  const InsideAnswer& unit = state.answers.unit;
  if (!unit.there()) return explain_missing(unit);
  const std::vector<InsideLayer> layers = layers_in(state.answers.layers);
  const Walk walk(unit, layers);
  const std::string rule = text_in(unit.args, "rule");
  draw_field(ui, unit);
  same_line_where_fits(12 * em(), 0.8f * em());
  ImGui::BeginGroup();
  push_strong();
  const int row = static_cast<int>(number_in(unit.args, "row")),
            column = static_cast<int>(number_in(unit.args, "column"));
  const InsideLayer* layer = find_layer(layers, text_in(unit.args, "layer"));
  const bool in_row = layer != nullptr && layer->is_row();
  wrapped_text(in_row ? "Unit " + count_text(number_in(unit.args, "channel") + 1) + " of " +
                            count_text(layer->channels())
                      : capital(place_text(row, column)));
  pop_font();
  WidgetRects::mark("inside/unit");
  sentence("Outlined: its receptive field.");
  const bool by_steps = walk.weighted() && walk.fits_grid();
  if (by_steps) draw_steps(ui, walk);
  ImGui::EndGroup();
  if (by_steps)
    draw_weighted(ui, walk);
  else if (!walk.weighted())
    draw_window(walk, rule);
  else if (walk.whole())
    draw_list(walk), paragraph(sum_text(walk, 0));
  if (walk.weighted() && (ui.walk_step < 0 || !by_steps || ui.walk_step + 1 == walk.count()))
    paragraph("After the activation: " + decimals(number_in(unit.args, "after")) +
              "; the layer's output: " + decimals(number_in(unit.args, "output")) + ".");
}

}  // namespace playground
