#include "web/app/controls/figures.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// Tab focuses a slider, it does not begin to type into it.
constexpr ImGuiSliderFlags kSlider = ImGuiSliderFlags_AlwaysClamp | ImGuiSliderFlags_NoInput;
constexpr float kKeySteps = 40;  ///< presses of an arrow key from one end of a slider to the other

std::uint8_t level(float value, Tone tone) {
  const float share = (value - tone.low) / std::max(tone.high - tone.low, 1e-9f);
  return static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.0f, 1.0f) * 255));
}

/// Moves `at` with the arrow keys while the last item has the focus; they then do not move the focus.
bool arrow_keys(Cell& at, int height, int width) {
  if (!ImGui::IsItemFocused() || !ImGui::GetIO().NavVisible) return false;
  const Cell before = at;
  const auto taken = [](ImGuiKey key) {
    ImGui::SetItemKeyOwner(key);
    return ImGui::IsKeyPressed(key) ? 1 : 0;
  };
  at.row += taken(ImGuiKey_DownArrow) - taken(ImGuiKey_UpArrow);
  at.column += taken(ImGuiKey_RightArrow) - taken(ImGuiKey_LeftArrow);
  at = {std::clamp(at.row, 0, height - 1), std::clamp(at.column, 0, width - 1)};
  return !(at == before);
}

void begin_labeled(float width) {
  const float room = ImGui::GetContentRegionAvail().x, beside = 9 * em(), least = 6 * em();
  ImGui::SetNextItemWidth(width > 0               ? width
                          : room < beside + least ? std::min(14 * em(), room)
                                                  : std::min(14 * em(), room - beside));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0.65f * em(), (control_height() - em()) / 2));
}

/// Left and right change the value of a slider that has the focus.
template <class Number>
bool slid_by_keys(Number& value, Number low, Number high, Number step) {
  if (!ImGui::IsItemFocused() || !ImGui::GetIO().NavVisible || ImGui::IsItemActive()) return false;
  const Number before = value;
  for (const ImGuiKey key : {ImGuiKey_LeftArrow, ImGuiKey_RightArrow}) {
    ImGui::SetItemKeyOwner(key);
    if (ImGui::IsKeyPressed(key))
      value = std::clamp(key == ImGuiKey_LeftArrow ? value - step : value + step, low, high);
  }
  return value != before;
}

bool end_labeled(const char* name, const char* label, const std::string& value, bool changed) {
  Touch::claim_drag_if_hovered();
  WidgetRects::mark(name);
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  same_line_where_fits(text_size(value).x + 0.5f * em() + text_size(label).x, 0.7f * em());
  ImGui::TextUnformatted(value.c_str());
  if (label[0] != 0) {
    ImGui::SameLine(0, 0.5f * em());
    muted(label);
  }
  ImGui::PopStyleVar();
  return changed;
}

}  // namespace

Tone tone_of(std::span<const float> values) {
  float low = 0, high = 0;
  for (const float value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low >= 0) return {0, std::max(high, 1e-6f)};
  const float most = std::max(high, -low);
  return {-most, most};
}

void MapAtlas::add(std::span<const float> values, int height, int width, int channels, int channel,
                   Tone tone) {
  const std::size_t first = rgb_.size();
  rgb_.resize(first + kPictureBytes);
  sizes_.emplace_back(static_cast<float>(width), static_cast<float>(height));
  for (int row = 0; row < std::min(height, kPictureSide); ++row)
    for (int column = 0; column < std::min(width, kPictureSide); ++column) {
      const auto from = static_cast<std::size_t>((row * width + column) * channels + channel);
      if (from >= values.size()) return;
      const auto to = first + static_cast<std::size_t>((row * kPictureSide + column) * 3);
      std::fill_n(rgb_.begin() + static_cast<std::ptrdiff_t>(to), 3, level(values[from], tone));
    }
}

void MapAtlas::add_rgb(std::span<const float> values, int height, int width) {
  for (const float value : values) rgb_.push_back(level(value, {0, 1}));
  rgb_.resize((rgb_.size() + kPictureBytes - 1) / kPictureBytes * kPictureBytes);
  sizes_.emplace_back(static_cast<float>(width), static_cast<float>(height));
}

void MapAtlas::end() { atlas_.assign(rgb_); }

void MapAtlas::draw(ImDrawList& list, int index, ImVec2 low, ImVec2 high) const {
  if (index < 0 || index >= static_cast<int>(sizes_.size())) return;
  atlas_.draw_part(list, index, sizes_[static_cast<std::size_t>(index)], low, high);
}

bool pick_cell(const char* name, int height, int width, float cell, Cell& at) {
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const ImVec2 size(cell * static_cast<float>(width), cell * static_cast<float>(height));
  press_area(name, size);
  Touch::claim_drag_if_hovered();
  WidgetRects::mark(name);
  if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible)
    ImGui::GetWindowDrawList()->AddRect(ImVec2(low.x - 0.15f * em(), low.y - 0.15f * em()),
                                        ImVec2(low.x + size.x + 0.15f * em(), low.y + size.y + 0.15f * em()),
                                        palette().focus, 0, 0, 0.13f * em());
  const Cell before = at;
  arrow_keys(at, height, width);
  const ImGuiIO& io = ImGui::GetIO();
  const bool moved = io.MouseDelta.x != 0 || io.MouseDelta.y != 0 || ImGui::IsItemActive();
  if (moved && ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
      ImGui::IsMousePosValid())
    at = {std::clamp(static_cast<int>((io.MousePos.y - low.y) / cell), 0, height - 1),
          std::clamp(static_cast<int>((io.MousePos.x - low.x) / cell), 0, width - 1)};
  return !(at == before);
}

bool draw_map(const char* name, const MapAtlas& atlas, int index, int height, int width, float side,
              Cell& at) {
  const float cell = side / static_cast<float>(std::max(1, std::max(height, width)));
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const bool changed = pick_cell(name, height, width, cell, at);
  atlas.draw(*ImGui::GetWindowDrawList(), index, low,
             ImVec2(low.x + cell * static_cast<float>(width), low.y + cell * static_cast<float>(height)));
  return changed;
}

ImU32 gray(float value, Tone tone) {
  const int shade = level(value, tone);
  return IM_COL32(shade, shade, shade, 255);
}

ImU32 ink_on_gray(float value, Tone tone) {
  return level(value, tone) > 125 ? IM_COL32(20, 26, 36, 255) : IM_COL32(255, 255, 255, 255);
}

void outline_cells(ImVec2 low, float cell, int row, int column, int rows, int columns, ImU32 color) {
  const ImVec2 a(low.x + cell * static_cast<float>(column), low.y + cell * static_cast<float>(row));
  const ImVec2 b(a.x + cell * static_cast<float>(columns), a.y + cell * static_cast<float>(rows));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float line = std::max(hairline(), 0.12f * em());
  list.AddRect(ImVec2(a.x - line, a.y - line), ImVec2(b.x + line, b.y + line),
               with_alpha(palette().panel, 0.85f), 0, 0, line);
  list.AddRect(a, b, color, 0, 0, line);
}

void control_label(const char* words, float width) {
  const ImVec2 at = ImGui::GetCursorPos();
  ImGui::SetCursorPosY(at.y + (control_height() - em()) / 2);
  muted(words);
  ImGui::SameLine();
  ImGui::SetCursorPos(ImVec2(at.x + width, at.y));
}

bool slider(const char* name, const char* label, float& value, float low, float high, float width) {
  begin_labeled(width);
  const std::string id = std::string("##") + name;
  bool changed = ImGui::SliderFloat(id.c_str(), &value, low, high, "", kSlider);
  changed |= slid_by_keys(value, low, high, (high - low) / kKeySteps);
  return end_labeled(name, label, number_text(value), changed);
}

bool slider(const char* name, const char* label, int& value, int low, int high, float width) {
  begin_labeled(width);
  const std::string id = std::string("##") + name;
  bool changed = ImGui::SliderInt(id.c_str(), &value, low, high, "", kSlider);
  changed |= slid_by_keys(value, low, high, std::max(1, (high - low) / static_cast<int>(kKeySteps)));
  return end_labeled(name, label, std::to_string(value), changed);
}

bool power_slider(const char* name, const char* label, float& exponent, float low, float high) {
  begin_labeled(0);
  const std::string id = std::string("##") + name;
  bool changed = ImGui::SliderFloat(id.c_str(), &exponent, low, high, "", kSlider);
  changed |= slid_by_keys(exponent, low, high, (high - low) / kKeySteps);
  return end_labeled(name, label, number_words(std::pow(10.0, exponent), 2), changed);
}

std::vector<float> gray_values(std::span<const float> color) {
  std::vector<float> gray(color.size() / 3);
  for (std::size_t i = 0; i < gray.size(); ++i)
    gray[i] = (color[3 * i] + color[3 * i + 1] + color[3 * i + 2]) / 3;
  return gray;
}

std::string number_text(double value, int digits) {
  const double unit = std::pow(10.0, digits);
  std::string text = short_number(std::round(std::abs(value) * unit) / unit, 6);
  if (value < 0 && text != "0") text = "\u2212" + text;
  return text;
}

}  // namespace playground
