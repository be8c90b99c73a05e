#include "web/app/panels/gallery.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// The predicted class with a check or cross: right and wrong differ in icon and color.
void draw_verdict(ImDrawList& list, ImVec2 at, float width, const GalleryItem& item,
                  const std::vector<std::string>& names) {
  const bool right = item.label == item.predicted;
  const ImU32 color = right ? palette().right : palette().wrong;
  const float icon = 0.75f * em();
  draw_icon(list, right ? Icon::check : Icon::cross, ImVec2(at.x + icon / 2, at.y + em() / 2), icon, color);
  text_at(list, ImVec2(at.x + icon + 0.3f * em(), at.y), palette().text,
          fitted(name_of(names, item.predicted), width - icon - 0.3f * em()));
}

/// The color of right or wrong; the accent color if the true class is unknown.
ImU32 bar_color(const GalleryItem& item, int c) {
  if (item.label < 0) return palette().accent;
  return c == item.label ? palette().right : palette().wrong;
}

std::vector<int> by_probability(const GalleryItem& item) {
  std::vector<int> order(item.probabilities.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return item.probabilities[static_cast<std::size_t>(a)] > item.probabilities[static_cast<std::size_t>(b)];
  });
  return order;
}

}  // namespace

void draw_probabilities(const GalleryItem& item, const std::vector<std::string>& names, int most,
                        float width) {
  const std::vector<int> order = by_probability(item);
  const float row = 1.35f * em();
  const ImVec2 spacing = ImGui::GetStyle().ItemSpacing;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(spacing.x, spacing.y * 0.5f));
  const int shown = std::min<int>(most, static_cast<int>(order.size()));
  for (int i = 0; i < static_cast<int>(order.size()); ++i) {
    const int c = order[static_cast<std::size_t>(i)];
    if (i >= shown && c != item.label) continue;
    draw_share(ImGui::GetCursorScreenPos(), width, name_of(names, c),
               item.probabilities[static_cast<std::size_t>(c)],
               c == item.label ? palette().text : palette().muted, bar_color(item, c));
    ImGui::Dummy(ImVec2(width, row - spacing.y * 0.5f));
    WidgetRects::mark(
        "share/" + std::to_string(c),
        name_of(names, c) + " " + percent_text(item.probabilities[static_cast<std::size_t>(c)]));
  }
  ImGui::PopStyleVar();
}

namespace {

UiRequest draw_closely(const GalleryState& state, int index) {
  const GalleryItem& item = state.items[static_cast<std::size_t>(index)];
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetIO().DisplaySize.x - 4 * em(), side = std::min(10 * em(), 0.3f * room);
  state.pictures.draw(*ImGui::GetWindowDrawList(), index, at, ImVec2(at.x + side, at.y + side), 0.4f * em());
  ImGui::Dummy(ImVec2(side, side));
  const float words = std::min(17 * em(), ImGui::GetIO().DisplaySize.x - 3.5f * em());
  if (side + words + 4 * em() < ImGui::GetIO().DisplaySize.x) ImGui::SameLine(0, em());
  ImGui::BeginGroup();
  push_strong();
  ImGui::TextUnformatted(
      (name_of(state.names, item.label) + (item.label == item.predicted
                                               ? ", recognized"
                                               : ", predicted as " + name_of(state.names, item.predicted)))
          .c_str());
  pop_font();
  muted("test picture " + count_text(item.index));
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  draw_probabilities(item, state.names, 5, words);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  UiRequest asked;
  if (button("gallery/inside", "Look inside the network", {.icon = Icon::chevron_right})) {
    asked = action::LookInside{true, item.index};
    ImGui::CloseCurrentPopup();
  }
  ImGui::EndGroup();
  return asked;
}

/// The probability of a class; 0 if it is unknown.
float share_of(const GalleryItem& item, int label) {
  const auto at = static_cast<std::size_t>(label);
  return label >= 0 && at < item.probabilities.size() ? item.probabilities[at] : 0;
}

constexpr float kStripPicture = 5.3f;  // em
constexpr float kBelow = 3.95f;        // em: the three lines below a picture

/// A picture of a grid: the predicted class, the true one if it is another, and the true one's probability.
bool draw_card(const std::string& name, const GalleryState& state, int index, float side) {
  const GalleryItem& item = state.items[static_cast<std::size_t>(index)];
  ImDrawList& list = *ImGui::GetWindowDrawList();
  push_grid_cell(index == 0);
  const bool pressed = press_area("picture", ImVec2(side, side + kBelow * em()));
  pop_grid_cell();
  const ImVec2 low = ImGui::GetItemRectMin();
  state.pictures.draw(list, index, low, ImVec2(low.x + side, low.y + side), 0.3f * em());
  if (ImGui::IsItemHovered() || ImGui::IsItemFocused()) {
    list.AddRect(low, ImVec2(low.x + side, low.y + side), palette().text, 0.3f * em(), 0, 0.12f * em());
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  }
  const float line = 1.2f * em(), first = low.y + side + 0.3f * em(), below = low.y + side + 1.75f * em();
  const std::string label = name_of(state.names, item.label);
  if (item.predicted < 0) {
    text_at(list, ImVec2(low.x, first), palette().muted, fitted(label, side));
    WidgetRects::mark(name, "");
    return pressed;
  }
  draw_verdict(list, ImVec2(low.x, first), side, item, state.names);
  push_size(0.85f);
  const std::string truth = item.label == item.predicted ? "" : "is " + label;
  const std::string share = item.probabilities.empty() ? "" : percent_text(share_of(item, item.label));
  text_at(list, ImVec2(low.x, below), palette().muted, fitted(truth.empty() ? share : truth, side));
  if (!truth.empty()) text_at(list, ImVec2(low.x, below + line), palette().muted, share);
  pop_font();
  WidgetRects::mark(name,
                    name_of(state.names, item.predicted) + (truth.empty() ? "" : " " + truth) + " " + share);
  return pressed;
}

constexpr float kChoice = 9.5f;  // em

bool class_choice(const char* name, const char* any, const std::vector<std::string>& names, int& chosen) {
  bool changed = false;
  if (begin_choice(name, chosen < 0 ? any : name_of(names, chosen), kChoice * em())) {
    for (int i = -1; i < static_cast<int>(names.size()); ++i)
      if (menu_entry((std::string(name) + "/" + std::to_string(i)).c_str(),
                     i < 0 ? any : names[static_cast<std::size_t>(i)].c_str(), i == chosen)) {
        changed = chosen != i;
        chosen = i;
      }
    ImGui::EndCombo();
  }
  return changed;
}

bool draw_filter(GalleryPanel& ui, const GalleryState& state, bool narrow) {
  constexpr const char* kSorts[] = {"Stored order", "Most confident", "Largest loss"};
  bool changed = segmented("gallery/sort", kSorts, ui.sort, narrow);
  if (!narrow) same_line_where_fits(kChoice * em(), em());
  changed |= class_choice("gallery/actual", "Any class", state.names, ui.actual);
  same_line_where_fits(kChoice * em(), ImGui::GetStyle().ItemSpacing.x);
  changed |= class_choice("gallery/predicted", "Any prediction", state.names, ui.predicted);
  same_line_where_fits(toggle_width("Only mistakes"), em());
  changed |= toggle("gallery/mistakes", "Only mistakes", ui.only_mistakes);
  if (changed) ui.page = 0;
  return changed;
}

bool draw_pages(GalleryPanel& ui, const GalleryState& state) {
  const int pages = std::max(1, static_cast<int>(std::ceil(state.total / kGalleryPage)));
  const bool first_validation = state.trains && state.epoch == 0;
  std::string words =
      state.total > 0 ? count_text(state.total) + (state.total == 1 ? " picture" : " pictures")
      : state.waiting ? "Evaluating the test pictures."
      : first_validation
          ? "During training, predictions come with each epoch's validation. Pause to see them now."
          : "No picture matches.";
  if (state.total > 0 && state.trains) words += ", predicted" + after_epoch(state.epoch);
  if (first_validation)
    sentence(words);
  else
    muted(words);
  WidgetRects::mark("gallery/total", words);
  if (pages == 1) return false;
  bool changed = false;
  const std::string place = count_text(ui.page + 1) + " of " + count_text(pages);
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  same_line_where_fits(button_width("Back") + button_width("Next") + text_size(place).x + 2 * gap, em());
  if (button("gallery/back", "Back", {.enabled = ui.page > 0})) --ui.page, changed = true;
  ImGui::SameLine();
  align_with_controls();
  muted(place);
  ImGui::SameLine();
  if (button("gallery/next", "Next", {.enabled = ui.page + 1 < pages})) ++ui.page, changed = true;
  return changed;
}

}  // namespace

UiRequest draw(GalleryPanel& ui, const GalleryState& state, bool narrow) {
  if (!state.has_model_output && state.items.empty()) {
    centered_note("Train the network: its predictions for the test pictures appear here.");
    return {};
  }
  UiRequest asked;
  bool changed = draw_filter(ui, state, narrow);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  const float gap = 0.8f * em(), least = narrow ? 5.2f * em() : 5.6f * em();
  const float width = ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ScrollbarSize;
  const int columns = std::max(2, static_cast<int>((width + gap) / (least + gap)));
  const float side =
      std::floor((width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const int count = std::min(static_cast<int>(state.items.size()), state.pictures.count());
  for (int i = 0; i < count; ++i) {
    if (i % columns != 0) ImGui::SameLine(0, gap);
    ImGui::PushID(i);
    if (draw_card("picture/" + std::to_string(i), state, i, side)) {
      ui.open = i;
      ImGui::OpenPopup("closely");
    }
    if (begin_tooltip(ImVec2(17 * em(), 5.5f * em()))) {
      draw_probabilities(state.items[static_cast<std::size_t>(i)], state.names, 3, 17 * em());
      ImGui::EndTooltip();
    }
    if (ImGui::BeginPopup("closely")) {
      if (const UiRequest look = draw_closely(state, i)) asked = look;
      ImGui::EndPopup();
    }
    ImGui::PopID();
  }
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  changed |= draw_pages(ui, state);
  if (changed) return action::Gallery{};
  return asked;
}

UiRequest draw_strip(const GalleryState& state, bool of_test) {
  const int count = std::min(static_cast<int>(state.items.size()), state.pictures.count());
  const bool predicted = std::any_of(state.items.begin(), state.items.end(),
                                     [](const GalleryItem& item) { return item.predicted >= 0; });
  // A true class below a picture looks like a prediction that is right.
  const char* heading =
      predicted || count == 0 ? "Current predictions" : "True classes; nothing is predicted yet";
  push_strong();
  ImGui::TextUnformatted(fitted(heading, ImGui::GetContentRegionAvail().x).c_str());
  WidgetRects::mark("strip/heading", heading);
  pop_font();
  if (count == 0) {
    constexpr char kComing[] = "Predictions for some test pictures appear here during training.";
    sentence(kComing);
    WidgetRects::mark("strip/coming", kComing);
    return {};
  }
  UiRequest asked;
  const float gap = 0.7f * em(), width = ImGui::GetContentRegionAvail().x;
  // As many as fit, a little smaller where that fills the row.
  const float whole = kStripPicture * em();
  const int fit = std::clamp(static_cast<int>((width + gap) / (0.9f * whole + gap)), 1, count);
  const float side = std::min(whole, (width + gap) / static_cast<float>(fit) - gap);
  for (int i = 0; i < fit; ++i) {
    if (i > 0) ImGui::SameLine(0, gap);
    ImGui::PushID(i);
    const GalleryItem& item = state.items[static_cast<std::size_t>(i)];
    if (draw_card("strip/" + std::to_string(i), state, i, side))
      asked = action::LookInside{of_test, item.index};
    if (begin_tooltip(ImVec2(17 * em(), 7 * em()))) {
      muted("True class: " + name_of(state.names, item.label));
      draw_probabilities(item, state.names, 3, 17 * em());
      muted("Press to look inside the network");
      ImGui::EndTooltip();
    }
    ImGui::PopID();
  }
  return asked;
}

float strip_height() { return (kStripPicture + kBelow + 2.6f) * em(); }

}  // namespace playground
