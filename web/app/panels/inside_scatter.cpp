// Test pictures as points in two dimensions: outputs of the last hidden layer, colored by class.
#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/inside.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

/// Classes differ in color, and every second one in shape.
void draw_mark(ImDrawList& list, ImVec2 at, int label, float size) {
  const ImU32 color = class_color(label);
  if (label % 2 == 0) {
    list.AddCircleFilled(at, size, color);
  } else {
    list.AddRectFilled(ImVec2(at.x - 0.85f * size, at.y - 0.85f * size),
                       ImVec2(at.x + 0.85f * size, at.y + 0.85f * size), color);
  }
}

void draw_legend(const InsideState& state) {
  for (std::size_t i = 0; i < state.data.class_names.size(); ++i) {
    const float width = text_size(state.data.class_names[i]).x + 1.4f * em();
    if (i > 0) same_line_where_fits(width, 0.8f * em());
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_mark(*ImGui::GetWindowDrawList(), ImVec2(at.x + 0.4f * em(), at.y + 0.55f * em()),
              static_cast<int>(i), 0.33f * em());
    ImGui::Dummy(ImVec2(width, 1.1f * em()));
    text_at(*ImGui::GetWindowDrawList(), ImVec2(at.x + em(), at.y), palette().muted,
            state.data.class_names[i]);
  }
}

}  // namespace

void draw_inside_scatter(InsidePanel& ui, const InsideState& state) {
  InsideAnswer& answer = state.answers.scatter;
  if (state.data.test.count < 2) {
    centered_note("This view needs test pictures; the loaded data set has none.");
    return;
  }
  if (!ui.embedding_wanted) {
    if (button("inside/embed", "Show 500 test pictures", {.kind = Kind::primary})) ui.embedding_wanted = true;
    sentence(
        "Each test picture becomes a point: the output of the last hidden layer, projected onto the two "
        "directions in which the outputs vary most (PCA). Classes that the network can tell apart form "
        "separate groups.");
    return;
  }
  const std::size_t count = answer.pictures.size() / kPictureBytes;
  draw_lasting(answer, count_text(static_cast<double>(count)) + " test pictures.");
  if (!answer.there()) return;
  const std::vector<float>& points = answer.array("points").numbers;
  const std::vector<double> labels = numbers_in(answer.args, "labels"),
                            predicted = numbers_in(answer.args, "predicted"),
                            shares = numbers_in(answer.args, "shares");
  if (shares.size() == 2)
    sentence("Layer " + text_in(answer.args, "layer") + ": the horizontal axis explains " +
             percent_text(shares[0]) + " of the variance, the vertical axis " + percent_text(shares[1]) +
             ". Point at a mark or press it to see its picture.");
  draw_legend(state);
  const ImVec2 room = ImGui::GetContentRegionAvail(), low = ImGui::GetCursorScreenPos();
  const ImVec2 size(room.x, state.narrow ? room.x : std::max(14 * em(), room.y - 0.5f * em()));
  press_area("scatter", size);
  WidgetRects::mark("inside/scatter");
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(low, ImVec2(low.x + size.x, low.y + size.y), palette().control, 0.4f * em());
  float most[2] = {1e-9f, 1e-9f};
  for (std::size_t i = 0; i < points.size(); ++i) most[i % 2] = std::max(most[i % 2], std::abs(points[i]));
  const auto place = [&](std::size_t i) {
    return ImVec2(low.x + size.x * (0.5f + 0.47f * points[2 * i] / most[0]),
                  low.y + size.y * (0.5f - 0.47f * points[2 * i + 1] / most[1]));
  };
  const bool hovered = ImGui::IsItemHovered();
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  float nearest = em() * em();
  if (hovered) ui.hovered = -1;
  for (std::size_t i = 0; 2 * i + 1 < points.size() && i < labels.size(); ++i) {
    const ImVec2 at = place(i);
    draw_mark(list, at, static_cast<int>(labels[i]), 0.27f * em());
    const float away = (at.x - mouse.x) * (at.x - mouse.x) + (at.y - mouse.y) * (at.y - mouse.y);
    if (hovered && away < nearest) nearest = away, ui.hovered = static_cast<int>(i);
  }
  if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible) {
    for (const auto& [key, by] : {std::pair{ImGuiKey_RightArrow, 1}, std::pair{ImGuiKey_LeftArrow, -1}}) {
      ImGui::SetItemKeyOwner(key);
      if (ImGui::IsKeyPressed(key))
        ui.hovered = std::clamp(ui.hovered + by, 0, std::max(0, static_cast<int>(labels.size()) - 1));
    }
  }
  const auto chosen = static_cast<std::size_t>(ui.hovered);
  if (ui.hovered < 0 || chosen >= labels.size() || chosen >= predicted.size()) return;
  if (ui.scatter_made.stale(answer.number, ui.hovered) &&
      (chosen + 1) * kPictureBytes <= answer.pictures.size())
    ui.scatter_picture.assign(std::span(answer.pictures).subspan(chosen * kPictureBytes, kPictureBytes));
  const ImVec2 at = place(chosen);
  list.AddCircle(at, 0.5f * em(), palette().text, 0, 0.12f * em());
  const float side = 6 * em();
  const ImVec2 corner(std::min(at.x + em(), low.x + size.x - side - 0.4f * em()),
                      std::max(low.y, std::min(at.y + em(), low.y + size.y - side - 1.6f * em())));
  list.AddRectFilled(ImVec2(corner.x - 0.3f * em(), corner.y - 0.3f * em()),
                     ImVec2(corner.x + side + 0.3f * em(), corner.y + side + 1.5f * em()), palette().panel,
                     0.3f * em());
  ui.scatter_picture.draw(list, 0, corner, ImVec2(corner.x + side, corner.y + side));
  const int label = static_cast<int>(labels[chosen]), guess = static_cast<int>(predicted[chosen]);
  text_at(
      list, ImVec2(corner.x, corner.y + side + 0.2f * em()), palette().text,
      fitted(class_text(state, label) + (label == guess ? "" : ", not " + class_text(state, guess)), side));
}

}  // namespace playground
