#include "web/app/panels/own_picture.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/gallery.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// Colors of common backgrounds (grass, sky, sea, earth) and of objects.
constexpr Color kColors[] = {{24, 24, 28},    {255, 255, 255}, {128, 132, 138}, {190, 40, 40},
                             {226, 132, 36},  {240, 208, 72},  {70, 134, 58},   {72, 132, 200},
                             {150, 196, 232}, {116, 78, 48}};
constexpr float kBrushes[] = {0.018f, 0.04f, 0.09f};  // radius, as a share of the shorter side
constexpr float kZoomNotch = 0.9f;                    // scale of the square's side per notch of the wheel

ImU32 to_color(Color c) { return IM_COL32(c[0], c[1], c[2], 255); }

UiRequest draw_sources(const OwnPictureState& state) {
  UiRequest asked;
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  if (button("own/file", "Choose a file")) asked = action::TakePicture{"file"};
  same_line_where_fits(button_width("Paste"), gap);
  if (button("own/paste", "Paste")) asked = action::TakePicture{"clipboard"};
  same_line_where_fits(button_width(state.recognized.camera ? "Take the picture" : "Camera"), gap);
  if (state.recognized.camera) {
    if (button("own/take", "Take the picture", {.kind = Kind::primary}))
      asked = action::TakePicture{"nothing"};
  } else if (button("own/camera", "Camera")) {
    asked = action::TakePicture{"camera"};
  }
  return asked;
}

void draw_tools(OwnPicturePanel& ui, const OwnPictureState& state) {
  constexpr const char* kUses[] = {"Draw", "Crop"};
  int use = ui.draws ? 0 : 1;
  segmented("own/use", kUses, use);
  ui.draws = use == 0;
  if (!ui.draws) {
    ImGui::SameLine();
    if (button("own/closer", "", {.kind = Kind::quiet, .icon = Icon::plus, .help = "Zoom in"}))
      state.picture.zoom_square(kZoomNotch * kZoomNotch);
    ImGui::SameLine(0, 0);
    if (button("own/farther", "", {.kind = Kind::quiet, .icon = Icon::minus, .help = "Zoom out"}))
      state.picture.zoom_square(1 / (kZoomNotch * kZoomNotch));
    return;
  }
  constexpr const char* kSizes[] = {"Fine", "Medium", "Broad"};
  same_line_where_fits(segmented_width(kSizes), ImGui::GetStyle().ItemSpacing.x);
  segmented("own/brush", kSizes, ui.brush);
  same_line_where_fits(button_width("Clear"), ImGui::GetStyle().ItemSpacing.x);
  if (button("own/clear", "Clear", {.kind = Kind::quiet})) state.picture.clear();
}

void draw_colors(OwnPicturePanel& ui, float width) {
  const int count = static_cast<int>(std::size(kColors));
  const float gap = 0.35f * em(), side = Touch::coarse() ? control_height() : 1.7f * em();
  const int in_line = std::clamp(static_cast<int>((width + gap) / (side + gap)), 1, count);
  const int lines = (count + in_line - 1) / in_line, even = (count + lines - 1) / lines;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int i = 0; i < count; ++i) {
    if (i % even > 0) ImGui::SameLine(0, gap);
    ImGui::PushID(i);
    if (press_area("color", ImVec2(side, side))) ui.color = i;
    ImGui::PopID();
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    list.AddRectFilled(low, high, to_color(kColors[i]), 0.3f * em());
    const bool chosen = ui.color == i;
    list.AddRect(low, high, chosen ? palette().accent : palette().faint, 0.3f * em(), 0,
                 chosen ? 0.18f * em() : hairline());
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    WidgetRects::mark("own/color/" + std::to_string(i));
  }
}

/// Shades everything outside the square, which the network does not see.
void draw_square(ImDrawList& list, const OwnPicture& picture, ImVec2 low, ImVec2 high, float scale) {
  const ImVec2 a(low.x + picture.square().x * scale, low.y + picture.square().y * scale);
  const ImVec2 b(a.x + picture.square_side() * scale, a.y + picture.square_side() * scale);
  const ImU32 shade = with_alpha(palette().page, 0.65f);
  list.AddRectFilled(low, ImVec2(high.x, a.y), shade);
  list.AddRectFilled(ImVec2(low.x, b.y), high, shade);
  list.AddRectFilled(ImVec2(low.x, a.y), ImVec2(a.x, b.y), shade);
  list.AddRectFilled(ImVec2(b.x, a.y), ImVec2(high.x, b.y), shade);
  list.AddRect(ImVec2(a.x - 1, a.y - 1), ImVec2(b.x + 1, b.y + 1), IM_COL32(0, 0, 0, 160));
  list.AddRect(a, b, IM_COL32_WHITE, 0, 0, 0.12f * em());
}

/// The picture, to draw on or to crop.
void draw_sheet(OwnPicturePanel& ui, const OwnPictureState& state, float side) {
  OwnPicture& picture = state.picture;
  const auto wide = static_cast<float>(picture.width()), high = static_cast<float>(picture.height());
  const float scale = side / std::max(wide, high);
  press_area("sheet", ImVec2(wide * scale, high * scale), false);
  Touch::claim_drag_if_hovered();
  ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
  const ImVec2 low = ImGui::GetItemRectMin(), end = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  picture.draw(list, low, end);
  draw_square(list, picture, low, end, scale);
  list.AddRect(low, end, palette().faint);
  WidgetRects::mark("own/sheet");
  const ImGuiIO& io = ImGui::GetIO();
  const ImVec2 at((io.MousePos.x - low.x) / scale, (io.MousePos.y - low.y) / scale);
  if (ui.draws) {
    const float radius = kBrushes[ui.brush] * std::min(wide, high);
    if (ImGui::IsItemActive())
      picture.stroke(ImGui::IsItemActivated() ? at : ui.last, at, radius, kColors[ui.color]);
    ui.last = at;
    if (ImGui::IsItemHovered()) list.AddCircle(io.MousePos, radius * scale, palette().faint);
  } else {
    if (ImGui::IsItemActive() && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0))
      picture.move_square(ImVec2(io.MouseDelta.x / scale, io.MouseDelta.y / scale));
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem))
      ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
  }
  if (!ImGui::IsItemHovered()) return;
  if (io.MouseWheel != 0) picture.zoom_square(std::pow(kZoomNotch, io.MouseWheel));
  if (const float pinch = Touch::take_pinch(); pinch != 1) picture.zoom_square(1 / pinch);
}

UiRequest draw_answer(const OwnPictureState& state, float width) {
  const float side = std::min(width, 10 * em());
  const ImVec2 low = ImGui::GetCursorScreenPos();
  state.recognized.seen.draw(*ImGui::GetWindowDrawList(), 0, low, ImVec2(low.x + side, low.y + side),
                             0.3f * em());
  ImGui::GetWindowDrawList()->AddRect(low, ImVec2(low.x + side, low.y + side), palette().line, 0.3f * em());
  ImGui::Dummy(ImVec2(side, side));
  WidgetRects::mark("own/seen");
  muted("what the network sees: 32 × 32 pixels");
  if (state.recognized.transparent) sentence("Transparent parts of the picture are white.");
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  const GalleryItem& said = state.recognized.said;
  if (said.probabilities.empty()) {
    sentence("The prediction appears here.");
    return {};
  }
  const auto best = std::max_element(said.probabilities.begin(), said.probabilities.end());
  const auto label = static_cast<int>(best - said.probabilities.begin());
  push_strong(1.2f);
  ImGui::TextUnformatted(name_of(state.names, label).c_str());
  pop_font();
  WidgetRects::mark("own/answer", name_of(state.names, label));
  if (!state.trained) sentence("The network is not trained yet, so this is a guess.");
  draw_probabilities(said, state.names, 10, width);
  if (button("own/inside", "Look inside the network", {.icon = Icon::chevron_right}))
    return action::Show{action::Place::own_maps};
  return {};
}

}  // namespace

UiRequest draw(OwnPicturePanel& ui, const OwnPictureState& state, bool narrow) {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  UiRequest asked = draw_sources(state);
  draw_tools(ui, state);
  const float answer = narrow ? std::min(room.x, 30 * em()) : 19 * em(), gap = 1.6f * em();
  const float above = 2 * control_height() + 5.5f * em();
  const float side = narrow
                         ? std::min(room.x, 34 * em())
                         : std::max(10 * em(), std::min({room.x - answer - gap, room.y - above, 34 * em()}));
  if (ui.draws) draw_colors(ui, side);
  ImGui::BeginGroup();
  draw_sheet(ui, state, side);
  sentence(ui.draws ? "Draw, or drop or paste a picture anywhere on the page."
                    : "Drag to move the square, scroll or pinch to scale it.");
  ImGui::EndGroup();
  if (!narrow) ImGui::SameLine(0, gap);
  ImGui::BeginGroup();
  if (const UiRequest inside = draw_answer(state, answer)) asked = inside;
  ImGui::EndGroup();
  return asked;
}

}  // namespace playground
