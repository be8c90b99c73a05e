// The filters a layer learned, and the pictures to which one of them responds most strongly.
#include <algorithm>
#include <cmath>

#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/inside.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

/// Number of kernels side by side in a tile: about as many as below each other.
int kernels_across(const InsideAnswer::Array& f) {
  return std::max(
      1, std::min(static_cast<int>(std::ceil(std::sqrt(f.size(2)))), kPictureSide / (f.size(1) + 1)));
}

/// Filters over three channels become color pictures. Other filters become a mosaic of their kernels, one per
/// channel, as many as fit into 32 x 32.
void make_tiles(InsidePanel& ui, const InsideAnswer::Array& f) {
  const int rows = f.size(0), columns = f.size(1), channels = f.size(2), filters = f.size(3);
  float most = 1e-9f;
  for (const float value : f.numbers) most = std::max(most, std::abs(value));
  const auto level = [&](int row, int column, int channel, int filter) {
    const float value = f.numbers[static_cast<std::size_t>(
        ((row * columns + column) * channels + channel) * filters + filter)];
    return 0.5f + value / most / 2;
  };
  std::vector<std::uint8_t> rgb;
  const int across = kernels_across(f);
  for (int filter = 0; filter < std::min(filters, kInsideMaps); ++filter) {
    if (channels == 3) {
      add_tile(rgb, rows, columns, [&](int row, int column) -> Rgb {
        Rgb c{};
        for (int i = 0; i < 3; ++i)
          c[static_cast<std::size_t>(i)] = gray_color(level(row, column, i, filter))[0];
        return c;
      });
      continue;
    }
    const Rgb page = dark() ? Rgb{25, 31, 39} : Rgb{255, 255, 255};
    add_tile(rgb, kPictureSide, kPictureSide, [&](int row, int column) {
      const int channel = row / (rows + 1) * across + column / (columns + 1);
      const int r = row % (rows + 1), c = column % (columns + 1);
      if (column / (columns + 1) >= across || channel >= channels || r == rows || c == columns) return page;
      return gray_color(level(r, c, channel, filter));
    });
  }
  ui.filter_tiles.assign(rgb);
  ui.filter_high = most;
}

ImVec2 tile_part(const InsideAnswer::Array& f) {
  if (f.size(2) == 3) return ImVec2(static_cast<float>(f.size(1)), static_cast<float>(f.size(0)));
  const auto side = static_cast<float>(std::min(kPictureSide, kernels_across(f) * (f.size(1) + 1)));
  return ImVec2(side, side);
}

void draw_top(InsidePanel& ui, const InsideState& state) {
  InsideAnswer& top = state.answers.top;
  const std::string about =
      "filter " + count_text(number_in(top.args, "channel") + 1) + " in " + text_in(top.args, "layer");
  push_strong();
  ImGui::TextUnformatted(top.there() ? ("Strongest responses of " + about).c_str() : "Strongest responses");
  pop_font();
  draw_lasting(top, "Of " + count_text(state.data.test.count) +
                        " test pictures. The frame is the receptive field of the strongest unit.");
  if (!top.there()) return;
  if (ui.top_made.stale(top.number)) ui.top_pictures.assign(top.pictures);
  const Json::Array& items = list_in(top.args, "items");
  const float side = 4.4f * em(), gap = 0.5f * em();
  const int fit = std::max(1, static_cast<int>((ImGui::GetContentRegionAvail().x + gap) / (side + gap)));
  for (int i = 0; i < ui.top_pictures.count() && static_cast<std::size_t>(i) < items.size(); ++i) {
    if (i % fit != 0) ImGui::SameLine(0, gap);
    const Json& item = items[static_cast<std::size_t>(i)];
    const ImVec2 low = ImGui::GetCursorScreenPos();
    ImGui::Dummy(ImVec2(side, side + 1.2f * em()));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ui.top_pictures.draw(list, i, low, ImVec2(low.x + side, low.y + side));
    outline_field(item, low, side);
    push_size(0.85f);
    text_at(list, ImVec2(low.x, low.y + side + 0.2f * em()), palette().muted,
            fitted(class_text(state, static_cast<int>(number_in(item, "label"))) + " " +
                       number_text(number_in(item, "value")),
                   side));
    pop_font();
  }
}

}  // namespace

void draw_inside_filters(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers) {
  const InsideLayer* layer = filter_layer(ui, layers);
  if (layer == nullptr) {
    centered_note("This network has no convolution, so there are no filters to show.");
    return;
  }
  if (begin_choice("inside/filter_layer", layer->name, 12 * em())) {
    for (const InsideLayer& one : layers)
      if (one.has_filters && menu_entry(("inside/filter_layer/" + one.name).c_str(), one.name.c_str(),
                                        one.index == layer->index)) {
        ui.filter_layer = one.name;
        ui.filter = 0;
      }
    ImGui::EndCombo();
  }
  const InsideAnswer& answer = state.answers.filters;
  if (!answer.there()) return explain_missing(answer);
  const InsideAnswer::Array& f = answer.array("filters");
  if (f.shape.size() != 4) return;
  if (ui.filters_made.stale(answer.number, dark() ? 1 : 0)) make_tiles(ui, f);
  const std::string options = options_text(state, text_in(answer.args, "layer"));
  sentence(std::to_string(f.size(3)) + " filters of " + std::to_string(f.size(0)) + " x " +
           std::to_string(f.size(1)) + " over " + std::to_string(f.size(2)) + " channels. " +
           (f.size(2) == 3 ? "Each is shown as a color picture; mid-gray is 0."
                           : "Each tile shows a filter's kernels, one per channel; mid-gray is 0.") +
           (options.empty() ? "" : " Settings: " + options + "."));
  draw_color_legend(ColorMap::gray, -ui.filter_high, ui.filter_high,
                    std::min(22 * em(), ImGui::GetContentRegionAvail().x));
  const float gap = 0.4f * em(), least = f.size(2) == 3 ? 3.2f * em() : 5 * em();
  const float even =
      (ImGui::GetContentRegionAvail().x + gap) / static_cast<float>(ui.filter_tiles.count()) - gap;
  const float side = std::clamp(even, least, 2 * least);  // few filters are larger
  const int fit = std::max(1, static_cast<int>((ImGui::GetContentRegionAvail().x + gap) / (side + gap)));
  for (int i = 0; i < ui.filter_tiles.count(); ++i) {
    if (i % fit != 0) ImGui::SameLine(0, gap);
    if (draw_tile("inside/filter", ui.filter_tiles, i, tile_part(f), side, i == ui.filter,
                  "filter " + count_text(i + 1) + " of " + count_text(f.size(3))))
      ui.filter = i;
  }
  ImGui::Dummy(ImVec2(0, 0.3f * em()));
  if (state.data.test.count < 1) return;
  if (ui.top_wanted) return draw_top(ui, state);
  if (button("inside/top", "Show the strongest responses",
             {.help = "Finds the test pictures to which the chosen filter responds most strongly"}))
    ui.top_wanted = true;
}

}  // namespace playground
