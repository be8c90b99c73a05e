#include "web/app/panels/pictures.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"
#include "web/app/state/typed.h"

namespace playground {
namespace {

constexpr const char* kChannels[] = {"Red", "Green", "Blue"};
constexpr double kFirstShare = 0.1;  // held out when the user first switches it on

const SplitInfo& split_of(const DataSetInfo& data, bool test) { return test ? data.test : data.train; }

double count_of(const SplitInfo& split, int label) {
  if (label < 0) return split.count;
  const auto at = static_cast<std::size_t>(label);
  return at < split.per_class.size() ? split.per_class[at] : 0;
}

/// A class with its number of pictures and a bar; a press filters the gallery by it.
void class_row(PicturesPanel& ui, const PicturesState& state, int label, double most) {
  const SplitInfo& split = split_of(state.data, ui.set.test);
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = Touch::coarse() ? control_height() : 1.75f * em();
  ImGui::PushID(label);
  if (press_area("class", ImVec2(width, height))) ui.set.label = label;
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool hovered = ImGui::IsItemHovered() || ImGui::IsItemFocused(), chosen = ui.set.label == label;
  if (chosen || hovered)
    list.AddRectFilled(low, high, chosen ? palette().control_active : palette().control, 0.3f * em());
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  const std::string count = count_text(count_of(split, label));
  const float pad = 0.5f * em(), text_y = low.y + (height - em()) / 2 - 0.1f * em();
  const float count_width = text_size(count).x;
  text_at(list, ImVec2(low.x + pad, text_y), palette().text,
          fitted(label < 0 ? "All classes" : name_of(state.data.class_names, label),
                 width - count_width - 3 * pad));
  text_at(list, ImVec2(high.x - pad - count_width, text_y), palette().muted, count);
  if (label >= 0 && most > 0) {
    const float bar = (width - 2 * pad) * static_cast<float>(count_of(split, label) / most);
    list.AddRectFilled(ImVec2(low.x + pad, high.y - 0.2f * em()),
                       ImVec2(low.x + pad + bar, high.y - 0.06f * em()),
                       ui.set.test ? palette().validation : palette().train, 0.07f * em());
  }
  ImGui::PopID();
  WidgetRects::mark("pictures/class/" + std::to_string(label));
}

void draw_classes(PicturesPanel& ui, const PicturesState& state) {
  const SplitInfo& split = split_of(state.data, ui.set.test);
  double most = 0;
  for (const double count : split.per_class) most = std::max(most, count);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0.12f * em()));
  for (int label = -1; label < static_cast<int>(state.data.class_names.size()); ++label)
    class_row(ui, state, label, most);
  ImGui::PopStyleVar();
}

/// Right-aligned text that ends at x.
void right_text(float x, std::string_view text, ImU32 color) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  text_at(*ImGui::GetWindowDrawList(), ImVec2(at.x + x - text_size(text).x, at.y), color, text);
}

/// Three rows, one per channel: its name and two numbers.
template <class First, class Second>
void channel_table(const char* first_title, const char* second_title, First first, Second second) {
  const float width = std::min(ImGui::GetContentRegionAvail().x, 16 * em());
  right_text(0.66f * width, first_title, palette().muted);
  right_text(width, second_title, palette().muted);
  ImGui::NewLine();
  for (int c = 0; c < 3; ++c) {
    right_text(0.66f * width, first(c), palette().text);
    right_text(width, second(c), palette().text);
    muted(kChannels[c]);
  }
}

std::string fixed3(double value) { return tick_text(value, 0.001); }

void draw_channels(const SplitInfo& split) {
  if (split.mean.size() < 3 || split.deviation.size() < 3) return;
  push_strong();
  ImGui::TextUnformatted("Channels, scaled to 0 to 1");
  pop_font();
  channel_table(
      "mean", "deviation", [&](int c) { return fixed3(split.mean[static_cast<std::size_t>(c)]); },
      [&](int c) { return fixed3(split.deviation[static_cast<std::size_t>(c)]); });
}

UiRequest draw_validation(const PicturesState& state) {
  push_strong();
  ImGui::TextUnformatted("Validated on");
  pop_font();
  constexpr const char* kWays[] = {"Test set", "Held out"};
  int way = state.held_out > 0 || state.refused ? 1 : 0;
  UiRequest asked;
  if (segmented("pictures/validation", kWays, way)) asked = action::HoldOut{way == 1 ? kFirstShare : 0};
  if (way == 0) {
    sentence("After every epoch, as in the tutorial.");
    return asked;
  }
  const Stepped share =
      stepper("pictures/share",
              state.refused ? state.refused->typed : std::to_string(std::lround(100 * state.held_out)) + " %",
              9 * em(), {.wrong = state.refused.has_value()});
  double percent = std::round(100 * state.held_out) + 5 * share.direction;
  if (share.edited)
    percent = number_from(share.edited->substr(0, share.edited->find('%')), false).value_or(0);
  const bool fits = percent >= 1 && percent <= 95;
  if (share.edited && !fits) asked = action::HoldOut{0, *share.edited};
  if ((share.direction != 0 || share.edited) && fits) asked = action::HoldOut{percent / 100};
  if (share.direction != 0 && state.refused) asked = action::HoldOut{kFirstShare};
  if (state.refused) {
    ImGui::PushStyleColor(ImGuiCol_Text, palette().wrong);
    ImGui::TextUnformatted(state.refused->accepts.c_str());
    ImGui::PopStyleColor();
    WidgetRects::mark("pictures/share/accepts", state.refused->accepts);
    return asked;
  }
  const double kept = state.data.train.count - std::floor(state.data.train.count * (1 - state.held_out));
  sentence(count_text(kept) +
           " training pictures are used for validation; the test set stays unused until you evaluate it.");
  return asked;
}

/// One picture of the gallery and its label.
bool draw_cell(PicturesPanel& ui, const PicturesState& state, int position, float side, float height) {
  const auto cell = state.pages.at(position);
  ImGui::PushID(position);
  push_grid_cell(position == 0);
  const bool pressed = press_area("cell", ImVec2(side, height));
  pop_grid_cell();
  ImGui::PopID();
  const ImVec2 low = ImGui::GetItemRectMin(), high(low.x + side, low.y + side);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float rounding = 0.25f * em();
  if (!cell) {
    list.AddRectFilled(low, high, palette().control, rounding);
    return false;
  }
  cell->atlas.draw(list, cell->place, low, high, rounding);
  const LookedAt& closely = state.closely;
  const bool chosen = closely.index == cell->index && closely.test == ui.set.test;
  if (chosen || ImGui::IsItemHovered() || ImGui::IsItemFocused())
    list.AddRect(low, high, chosen ? palette().accent : palette().text, rounding, 0, 0.14f * em());
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  push_size(0.8f);
  text_at(list, ImVec2(low.x, high.y + 0.15f * em()), palette().muted,
          fitted(name_of(state.data.class_names, cell->label), side));
  pop_font();
  WidgetRects::mark("pictures/cell/" + std::to_string(position));
  return pressed;
}

/// Rows of pictures in the scrolling window; only those in view are drawn and requested.
UiRequest draw_gallery(PicturesPanel& ui, const PicturesState& state) {
  const auto total = static_cast<int>(count_of(split_of(state.data, ui.set.test), ui.set.label));
  if (total == 0) {
    sentence("This part of the data set has no picture of this class.");
    return {};
  }
  UiRequest asked;
  const float gap = 0.5f * em(), least = Touch::coarse() ? 4.4f * em() : 3.9f * em();
  const float width = ImGui::GetContentRegionAvail().x;
  const int columns = std::max(2, static_cast<int>((width + gap) / (least + gap)));
  const float side =
      std::floor((width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const float height = side + 1.15f * em();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(gap, 0.3f * em()));
  ImGuiListClipper clipper;
  clipper.Begin((total + columns - 1) / columns, height + 0.3f * em());
  ui.first = total;
  while (clipper.Step()) {
    for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
      for (int i = row * columns; i < std::min(total, (row + 1) * columns); ++i) {
        if (i % columns != 0) ImGui::SameLine();
        ui.first = std::min(ui.first, i);
        ui.last = std::max(ui.last, i);
        if (draw_cell(ui, state, i, side, height)) {
          const auto cell = state.pages.at(i);
          asked = action::LookAt{ui.set.test, cell->index};
        }
      }
    }
  }
  ImGui::PopStyleVar();
  return asked;
}

/// The values of the pixel under the pointer.
void draw_pixel(const LookedAt& closely, int x, int y) {
  if (x < 0) {
    sentence(Touch::coarse() ? "Drag over the picture to read its pixels."
                             : "Point at a pixel to read its values.");
    if (!Touch::coarse())
      for (int i = 0; i < 4; ++i) ImGui::NewLine();  // keeps the content below in place
    return;
  }
  const auto rgb = closely.atlas.pixel(0, x, y);
  const float side = em();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddRectFilled(at, ImVec2(at.x + side, at.y + side),
                                            IM_COL32(rgb[0], rgb[1], rgb[2], 255), 0.15f * em());
  ImGui::Dummy(ImVec2(side, side));
  ImGui::SameLine();
  ImGui::TextUnformatted(place_text(y, x).c_str());
  channel_table(
      "0 to 255", "scaled", [&](int c) { return std::to_string(rgb[static_cast<std::size_t>(c)]); },
      [&](int c) { return fixed3(rgb[static_cast<std::size_t>(c)] / 255.0); });
}

void draw_large(const LookedAt& closely, float side) {
  press_area("large", ImVec2(side, side), false);
  Touch::claim_drag_if_hovered();
  const ImVec2 low = ImGui::GetItemRectMin();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  closely.atlas.draw(list, 0, low, ImVec2(low.x + side, low.y + side));
  WidgetRects::mark("pictures/large");
  int x = -1, y = -1;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem)) {
    const float pixel = side / kPictureSide;
    x = std::clamp(static_cast<int>((mouse.x - low.x) / pixel), 0, kPictureSide - 1);
    y = std::clamp(static_cast<int>((mouse.y - low.y) / pixel), 0, kPictureSide - 1);
    const ImVec2 corner(low.x + static_cast<float>(x) * pixel, low.y + static_cast<float>(y) * pixel);
    const ImVec2 end(corner.x + pixel, corner.y + pixel);
    list.AddRect(ImVec2(corner.x - 1, corner.y - 1), ImVec2(end.x + 1, end.y + 1), IM_COL32(0, 0, 0, 255));
    list.AddRect(corner, end, IM_COL32_WHITE);
  }
  draw_pixel(closely, x, y);
}

UiRequest draw_draws(const LookedAt& closely, float width) {
  push_strong();
  ImGui::TextUnformatted("After augmentation");
  pop_font();
  if (closely.layers.empty()) {
    sentence("Training uses the picture unchanged. Add augmentation under Training to see its effect here.");
    return {};
  }
  constexpr int kColumns = 4;
  const float gap = 0.4f * em(), side = std::floor((width - (kColumns - 1) * gap) / kColumns);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const int count = std::min(kDraws, closely.atlas.count() - 1);
  for (int i = 0; i < count; ++i) {
    const ImVec2 low = grid_place(corner, i, kColumns, ImVec2(side + gap, side + gap));
    closely.atlas.draw(list, 1 + i, low, ImVec2(low.x + side, low.y + side), 0.2f * em());
  }
  ImGui::Dummy(ImVec2(width, std::ceil(static_cast<float>(count) / kColumns) * (side + gap)));
  WidgetRects::mark("pictures/draws");
  std::string names;
  for (const std::string& name : closely.layers) names += (names.empty() ? "" : ", ") + name;
  sentence(names);
  if (button("pictures/again", "Draw again", {.kind = Kind::quiet, .icon = Icon::reset}))
    return action::DrawAgain{};
  return {};
}

UiRequest draw_closely(const PicturesState& state, float width) {
  const LookedAt& closely = state.closely;
  if (closely.index < 0 || closely.atlas.count() == 0) {
    sentence("Press a picture to enlarge it.");
    return {};
  }
  push_strong();
  ImGui::TextUnformatted(fitted(name_of(state.data.class_names, closely.label), width).c_str());
  pop_font();
  muted((closely.test ? "test picture " : "training picture ") + count_text(closely.index));
  const float side = std::floor(width / kPictureSide) * kPictureSide;
  draw_large(closely, side);
  ImGui::Dummy(ImVec2(0, 0.3f * em()));
  return draw_draws(closely, side);
}

/// A column with its own scrolling.
template <class Draw>
void column(const char* name, float width, Draw draw) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  begin_part(name, ImVec2(width, 0));
  ImGui::PopStyleVar();
  draw();
  ImGui::EndChild();
}

UiRequest draw_wide(PicturesPanel& ui, const PicturesState& state) {
  UiRequest asked;
  const auto take = [&asked](const UiRequest& more) {
    if (more) asked = more;
  };
  const float gap = 1.2f * em(), left = 13.5f * em(), right = 17 * em(),
              bar = ImGui::GetStyle().ScrollbarSize;
  const float middle = std::max(10 * em(), ImGui::GetContentRegionAvail().x - left - right - 2 * gap);
  column("classes", left, [&] {
    draw_classes(ui, state);
    ImGui::Dummy(ImVec2(0, 0.5f * em()));
    draw_channels(split_of(state.data, ui.set.test));
    ImGui::Dummy(ImVec2(0, 0.5f * em()));
    take(draw_validation(state));
  });
  ImGui::SameLine(0, gap);
  column("gallery", middle, [&] { take(draw_gallery(ui, state)); });
  ImGui::SameLine(0, gap);
  column("closely", right, [&] { take(draw_closely(state, right - bar)); });
  return asked;
}

/// One column. The gallery comes last because it is long; a picture opens in a popup.
UiRequest draw_narrow(PicturesPanel& ui, const PicturesState& state) {
  UiRequest asked;
  const SplitInfo& split = split_of(state.data, ui.set.test);
  const std::string chosen = ui.set.label < 0 ? "All classes" : name_of(state.data.class_names, ui.set.label);
  if (begin_choice("pictures/class", chosen + ", " + count_text(count_of(split, ui.set.label)),
                   ImGui::GetContentRegionAvail().x)) {
    const int before = ui.set.label;
    draw_classes(ui, state);
    if (ui.set.label != before) ImGui::CloseCurrentPopup();
    ImGui::EndCombo();
  }
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  draw_channels(split);
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  if (const UiRequest validation = draw_validation(state)) asked = validation;
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  if (const UiRequest pressed = draw_gallery(ui, state)) {
    asked = pressed;
    ImGui::OpenPopup("closely");
  }
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos(ImVec2(display.x / 2, display.y / 2), ImGuiCond_Always, ImVec2(0.5f, 0.5f));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(em(), em()));
  const bool open = ImGui::BeginPopup("closely");
  ImGui::PopStyleVar();
  if (open) {
    if (const UiRequest again = draw_closely(state, std::min(20 * em(), display.x - 4 * em()))) asked = again;
    if (button("pictures/close", "Close")) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  return asked;
}

}  // namespace

UiRequest draw(PicturesPanel& ui, const PicturesState& state, bool narrow) {
  ui.first = 0;
  ui.last = -1;
  if (state.data.empty()) {
    centered_note("The training and test pictures appear here once they are loaded.");
    return {};
  }
  if (ui.set.label >= static_cast<int>(state.data.class_names.size())) ui.set.label = -1;
  constexpr const char* kSplits[] = {"Training", "Test"};
  int split = ui.set.test ? 1 : 0;
  segmented("pictures/split", kSplits, split, narrow);
  ui.set.test = split == 1;
  state.pages.choose(ui.set);
  if (!narrow) {
    ImGui::SameLine(0, em());
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + (control_height() - em()) / 2);
    const SplitInfo& shown = split_of(state.data, ui.set.test);
    muted(count_text(count_of(shown, ui.set.label)) + (ui.set.label < 0 ? " pictures of " : " of ") +
          fitted(state.data.label, 24 * em()));
    ImGui::Dummy(ImVec2(0, 0.2f * em()));
  }
  return narrow ? draw_narrow(ui, state) : draw_wide(ui, state);
}

}  // namespace playground
