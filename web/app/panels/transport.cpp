#include "web/app/panels/transport.h"

#include <algorithm>
#include <vector>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// The main button: its action depends on the state. A phone has no room for the longer label.
UiRequest main_button(const TransportState& state, float width, bool narrow) {
  const Training& t = state.training;
  if (state.starting) {
    button("train###main", "Starting", {.kind = Kind::primary, .width = width, .enabled = false});
    return {};
  }
  if (t.busy()) {
    if (button(
            "pause###main", "Pause",
            {.icon = Icon::pause, .width = width, .help = "Pause after this step (Space)", .strong = true}))
      return action::Pause{};
    return {};
  }
  if (t.state == RunState::paused) {
    if (button("resume###main", "Resume",
               {.kind = Kind::primary, .icon = Icon::play, .width = width, .help = "Continue (Space)"}))
      return action::Resume{};
    return {};
  }
  const char* help =
      state.has_history ? "Train for the same number of epochs again (Space)" : "Start training (Space)";
  if (button("train###main",
             !state.has_history ? "Train"
             : narrow           ? "Continue"
                                : "Keep training",
             {.kind = Kind::primary,
              .icon = Icon::play,
              .width = width,
              .enabled = t.state != RunState::evaluating,
              .help = help}))
    return action::Train{};
  return {};
}

UiRequest reset_question(TransportPanel& ui) {
  UiRequest asked;
  if (ui.confirm_reset) {
    ImGui::OpenPopup("reset?");
    ui.confirm_reset = false;
  }
  ImGui::SetNextWindowSize(ImVec2(popup_width(23), 0));
  if (!ImGui::BeginPopup("reset?")) return asked;
  push_strong();
  wrapped_text("Start again with new weights?");
  pop_font();
  sentence("The network's current weights will be lost. Its curves stay under Runs.");
  if (button("reset/yes", "New weights", {.kind = Kind::primary})) {
    asked = action::Reset{};
    ImGui::CloseCurrentPopup();
  }
  same_line_where_fits(button_width("Keep"), ImGui::GetStyle().ItemSpacing.x);
  if (button("reset/no", "Keep")) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
  return asked;
}

struct Metric {
  const char* label;
  std::string value;
  float width;  ///< em, at least
  int rank;     ///< when space is short, only the lowest ranks are shown
};

float strong_width(const std::string& text) {
  push_strong();
  const float width = text_size(text).x;
  pop_font();
  return width;
}

/// Keras's names, so that they are found in its progress line.
std::vector<Metric> metrics_of(const TransportState& state) {
  const Training& t = state.training;
  const HistoryRow* row = state.validated;
  const bool done = t.epoch >= t.epochs && t.step >= t.steps_per_epoch;
  std::vector<Metric> all{
      {"epoch", count_text(t.epoch) + " / " + count_text(t.epochs), 4, 0},
      {"step",
       t.state == RunState::validating ? "validating"
                                       : count_text(t.step) + " / " + count_text(t.steps_per_epoch),
       8, 6},
      {"time left",
       t.running() ? duration_text(t.eta_seconds)
       : done      ? "done"
                   : "stopped",
       5, 5},
      {"images/s", count_text(t.images_per_second), 5.5f, 7},
      {"loss", loss_text(t.loss), 4, 1},
      {"accuracy", percent_text(t.accuracy), 4.4f, 2},
      {"val_loss", row != nullptr && row->val_loss ? loss_text(*row->val_loss) : "–", 4, 3},
      {"val_accuracy", row != nullptr && row->val_accuracy ? percent_text(*row->val_accuracy) : "–", 5.6f,
       4}};
  if (t.steps_per_epoch == 0)  // a training that was restored or opened
    std::erase_if(all, [](const Metric& one) { return one.rank > 5; });
  for (Metric& one : all) one.width = std::max(one.width, strong_width(one.value) / em() + 0.6f);
  return all;
}

void draw_metric(const Metric& metric) {
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  push_size(0.82f);
  text_at(list, low, palette().muted, metric.label);
  pop_font();
  push_strong();
  text_at(list, ImVec2(low.x, low.y + 0.97f * em()), palette().text, metric.value);
  pop_font();
  const ImVec2 size(metric.width * em(), 2 * em());
  ImGui::Dummy(size);
  WidgetRects::mark(std::string("metric/") + metric.label, low, ImVec2(low.x + size.x, low.y + size.y),
                    metric.value);
}

}  // namespace

std::string progress_words(const Training& t) {
  std::string words = "epoch " + count_text(t.epoch) + " of " + count_text(t.epochs);
  if (t.state == RunState::validating) return words + ", validating";
  return words + ", step " + count_text(t.step) + " of " + count_text(t.steps_per_epoch);
}

UiRequest draw(TransportPanel& ui, const TransportState& state, bool narrow, float for_metrics) {
  UiRequest asked;
  const Training& t = state.training;
  const float side = control_height(), gap = ImGui::GetStyle().ItemSpacing.x, least = 6.2f * em();
  const bool fresh = !state.has_history && !t.running();
  // On a narrow page the main button takes the room that the others leave.
  const float rest = ImGui::GetContentRegionAvail().x - 5 * (side + gap) - for_metrics;
  if (button("reset", "",
             {.kind = Kind::quiet,
              .icon = Icon::reset,
              .enabled = !fresh,
              .help = "Start again with new weights (R)"}))
    ui.confirm_reset = true;
  if (const UiRequest reset = reset_question(ui)) asked = reset;
  const float main = !narrow ? 8.2f * em() : std::clamp(rest, least, 16 * em());
  same_line_where_fits(main, gap);
  if (const UiRequest pressed = main_button(state, main, narrow)) asked = pressed;
  same_line_where_fits(side, gap);
  const bool can_step = !t.busy() && !state.starting && t.state != RunState::evaluating;
  if (button("step", "",
             {.kind = Kind::quiet,
              .icon = Icon::step,
              .enabled = can_step,
              .help = "Train one mini-batch, then pause (S)"}))
    asked = action::Step{};
  same_line_where_fits(side, gap);
  if (button("stop", "",
             {.kind = Kind::quiet,
              .icon = Icon::stop,
              .enabled = t.running(),
              .help = "End this training; the weights are kept"}))
    asked = action::Stop{};
  return asked;
}

void draw_metrics(const TransportState& state, float room) {
  const Training& t = state.training;
  if (t.epochs == 0 || (!t.running() && !state.has_history))
    return;  // weights loaded from a file were not trained here
  const std::vector<Metric> all = metrics_of(state);
  int most = 0;  // ranks below this fit
  for (float width = 0; most < static_cast<int>(all.size()); ++most) {
    width += std::find_if(all.begin(), all.end(), [most](const Metric& m) { return m.rank == most; })->width;
    if (width * em() > room) break;
  }
  bool first = true;
  for (const Metric& metric : all) {
    if (metric.rank >= most) continue;
    if (!first) ImGui::SameLine(0, 0);
    first = false;
    draw_metric(metric);
  }
}

}  // namespace playground
