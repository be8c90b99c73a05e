// The distributions of each layer's numbers, over the course of the training and now, and its dead ReLU
// units.
#include <algorithm>
#include <cmath>

#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/inside.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr int kRows = kPictureSide;

/// A tile with training from left to right and values from bottom to top, brighter where more numbers are.
/// The brightness is the square root of the share, so that rare values are visible.
void add_history(std::vector<std::uint8_t>& rgb, const NumberHistory& history,
                 const std::vector<Distribution>& samples) {
  const Range range = shown_range(samples);
  std::vector<std::vector<double>> columns;
  double most = 1e-9;
  for (int column = 0; column < kPictureSide; ++column) {
    const double step = history.steps.back() * column / (kPictureSide - 1);
    columns.push_back(in_rows(samples[sample_at(history, step)], range, kRows));
    for (const double share : columns.back()) most = std::max(most, share);
  }
  add_tile(rgb, kRows, kPictureSide, [&](int row, int column) {
    const double share = columns[static_cast<std::size_t>(column)][static_cast<std::size_t>(kRows - 1 - row)];
    return heat_color(static_cast<float>(std::sqrt(share / most)));
  });
}

/// A distribution in words.
std::string in_words(const char* kind, const Distribution& now) {
  return std::string(kind) + ": " + number_words(now.low, 3) + " to " + number_words(now.high, 3) +
         ", mean " + number_words(now.mean, 3) + ", deviation " + number_words(now.deviation, 3);
}

/// The place of a tile on screen, and the range of values along its height.
struct TilePlace {
  ImVec2 low, high;
  Range range;
  float y(double value) const {
    const double share = (value - range.low) / std::max(range.high - range.low, 1e-12);
    return high.y - static_cast<float>(share) * (high.y - low.y);
  }
};

/// The axis of values along the left edge, with faint grid lines.
void draw_values(const TilePlace& cell, float right) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  push_size(0.8f);
  const std::vector<double> ticks = round_ticks(cell.range.low, cell.range.high, 4);
  const double step = tick_step(cell.range.low, cell.range.high, 4);
  for (const double tick : ticks) {
    const float y = cell.y(tick);
    const std::string text = tick_text(tick, step);
    text_at(list,
            ImVec2(cell.low.x - 0.4f * em() - text_size(text).x,
                   std::clamp(y - em() / 2, cell.low.y - 0.2f * em(), cell.high.y - 0.8f * em())),
            palette().muted, text);
    list.AddRectFilled(ImVec2(cell.low.x - 0.2f * em(), y), ImVec2(cell.low.x, y + hairline()),
                       palette().muted);
    list.AddRectFilled(ImVec2(cell.high.x, y), ImVec2(right, y + hairline()), palette().line);
  }
  pop_font();
}

/// The current distribution as horizontal bars that share the tile's axis of values.
void draw_bars(const TilePlace& cell, float left, float right, const Distribution& now) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const std::vector<double> shares = in_rows(now, cell.range, kRows);
  const double most = std::max(1e-9, *std::max_element(shares.begin(), shares.end()));
  const float row = (cell.high.y - cell.low.y) / kRows;
  for (int i = 0; i < kRows; ++i) {
    const double share = shares[static_cast<std::size_t>(i)];
    if (share <= 0) continue;
    const float length = std::max(hairline(), static_cast<float>(std::sqrt(share / most)) * (right - left));
    const float bottom = cell.high.y - row * static_cast<float>(i);
    list.AddRectFilled(ImVec2(left, bottom - row + hairline()), ImVec2(left + length, bottom),
                       palette().accent);
  }
  list.AddRectFilled(ImVec2(left - hairline(), cell.low.y), ImVec2(left, cell.high.y), palette().muted);
}

/// Tooltip for the place under the pointer: the step, the row's range of values, and its share of the
/// numbers.
void place_tooltip(const NumberHistory& history, const std::vector<Distribution>& samples,
                   const TilePlace& cell) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (mouse.y < cell.low.y || mouse.y >= cell.high.y) return;
  const bool past = mouse.x < cell.high.x;
  const double along = std::clamp((mouse.x - cell.low.x) / (cell.high.x - cell.low.x), 0.0f, 1.0f);
  const std::size_t sample = past ? sample_at(history, along * history.steps.back()) : samples.size() - 1;
  const int row = std::clamp(static_cast<int>((cell.high.y - mouse.y) / (cell.high.y - cell.low.y) * kRows),
                             0, kRows - 1);
  const double part = (cell.range.high - cell.range.low) / kRows;
  const double share = in_rows(samples[sample], cell.range, kRows)[static_cast<std::size_t>(row)];
  tooltip((past ? "Step " + count_text(history.steps[sample]) : std::string("Now")) + ", from " +
          number_words(cell.range.low + row * part, 3) + " to " +
          number_words(cell.range.low + (row + 1) * part, 3) + ": " + percent_text(share));
}

void draw_kind(InsidePanel& ui, std::size_t index, std::size_t kind, ImVec2 size) {
  const NumberHistory& history = ui.history;
  const std::vector<Distribution>& samples = history.layers[index].kinds[kind];
  const std::string name =
      "inside/numbers/" + history.layers[index].name + "/" + std::string(kNumberKinds[kind]);
  ImGui::BeginGroup();
  push_size(0.92f);
  ImGui::TextUnformatted(kNumberKinds[kind]);
  if (!samples.back().empty()) {
    ImGui::SameLine(0, 0.7f * em());
    muted(fitted("mean " + number_words(samples.back().mean, 2) + ", deviation " +
                     number_words(samples.back().deviation, 2),
                 size.x - text_size(kNumberKinds[kind]).x - 0.7f * em()));
  }
  pop_font();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  press_area(name.c_str(), size, false);
  WidgetRects::mark(name, samples.back().empty() ? "" : in_words(kNumberKinds[kind], samples.back()));
  if (ImGui::IsItemVisible()) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float gutter = 3.2f * em(), below = 1.2f * em(), gap = 0.5f * em();
    const float right = corner.x + size.x, split = corner.x + gutter + 0.66f * (size.x - gutter);
    const TilePlace cell{ImVec2(corner.x + gutter, corner.y + 0.2f * em()),
                         ImVec2(split, corner.y + size.y - below), shown_range(samples)};
    ui.number_tiles.draw_part(list, static_cast<int>(index * kNumberKinds.size() + kind),
                              ImVec2(kPictureSide, kPictureSide), cell.low, cell.high);
    draw_values(cell, right);
    draw_bars(cell, split + gap, right, samples.back());
    push_size(0.8f);
    const std::string last = "step " + count_text(history.steps.back());
    const float y = cell.high.y + 0.25f * em();
    if (history.steps.back() > 0) {
      text_at(list, ImVec2(cell.low.x, y), palette().muted, "0");
      text_at(list, ImVec2(cell.high.x - text_size(last).x, y), palette().muted, last);
    }
    text_at(list, ImVec2(split + gap, y), palette().muted, "now");
    pop_font();
    if (ImGui::IsItemHovered()) place_tooltip(history, samples, cell);
  }
  ImGui::EndGroup();
}

/// Plot of the share of dead units, one curve per layer with ReLU.
void draw_dead(InsidePanel& ui, bool narrow) {
  PlotSpec spec;
  spec.title = "Dead ReLU units";
  spec.x_name = "training step";
  spec.percent = true;
  spec.y_low = 0;
  spec.y_high = 1;
  spec.y_text = [](double value) { return percent_text(value); };
  spec.x_last = std::max(1.0, ui.history.steps.back());
  std::vector<PlotLine> lines;
  for (const LayerNumbers& layer : ui.history.layers) {
    if (layer.dead.empty()) continue;
    lines.push_back({layer.name, palette().runs[lines.size() % palette().runs.size()], layer.dead, false,
                     layer.dead.size() < 20});
  }
  if (lines.empty())
    return sentence("No layer of this network uses ReLU, so there are no dead units to show.");
  draw_plot("inside/dead", spec, ui.dead_view, lines,
            ImVec2(ImGui::GetContentRegionAvail().x, (narrow ? 15.0f : 13.0f) * em()));
  sentence(
      "Share of a layer's channels or units that output 0 everywhere, for every picture in a training batch. "
      "They receive no gradient.");
}

}  // namespace

void draw_inside_numbers(InsidePanel& ui, const InsideState& state) {
  const InsideAnswer& answer = state.answers.numbers;
  if (!answer.there()) return explain_missing(answer);
  if (ui.numbers_made.stale(answer.number)) {
    ui.history = read_number_history(answer.args);
    ui.history.layers.resize(std::min<std::size_t>(ui.history.layers.size(), kInsideNumbers));
    std::vector<std::uint8_t> rgb;
    for (const LayerNumbers& layer : ui.history.layers)
      for (const std::vector<Distribution>& samples : layer.kinds) add_history(rgb, ui.history, samples);
    ui.number_tiles.assign(rgb);
  }
  if (ui.history.steps.empty()) return;
  draw_dead(ui, state.narrow);
  ImGui::Dummy(ImVec2(0, 0.5f * em()));
  sentence(
      "In each picture below, training runs from left to right and values increase upward; the brighter a "
      "spot, the more numbers have that value. The bars beside it show the current distribution. Brightness "
      "and length grow with the square root of the share, so that rare values are visible.");
  const float gap = 1.4f * em(), room = ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ScrollbarSize;
  const float width = state.narrow ? room : std::floor((room - 2 * gap) / 3);
  for (std::size_t i = 0; i < ui.history.layers.size(); ++i) {
    const LayerNumbers& layer = ui.history.layers[i];
    ImGui::Dummy(ImVec2(0, 0.3f * em()));
    push_strong();
    ImGui::TextUnformatted(layer.name.c_str());
    pop_font();
    if (!layer.dead.empty()) {
      ImGui::SameLine(0, em());
      muted(percent_text(layer.dead.back().y) + " dead");
    }
    WidgetRects::mark("inside/numbers/" + layer.name);
    bool first = true;
    for (std::size_t kind = 0; kind < kNumberKinds.size(); ++kind) {
      if (!layer.has(kind)) continue;
      if (!first && !state.narrow) ImGui::SameLine(0, gap);
      first = false;
      draw_kind(ui, i, kind, ImVec2(width, 9 * em()));
    }
  }
}

}  // namespace playground
