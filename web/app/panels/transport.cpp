#include "web/app/panels/transport.h"

#include <algorithm>

#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// The main button: its action depends on the state. A phone has no room for the longer label.
UiRequest main_button(const TransportState& state, float width, bool narrow) {
  const Training& t = state.training;
  if (state.starting) {
    button("train", "Starting", {.kind = Kind::primary, .width = width, .enabled = false});
    return {};
  }
  if (t.busy()) {
    if (button(
            "pause", "Pause",
            {.icon = Icon::pause, .width = width, .help = "Pause after this step (Space)", .strong = true}))
      return action::Pause{};
    return {};
  }
  if (t.state == RunState::paused) {
    if (button("resume", "Resume",
               {.kind = Kind::primary, .icon = Icon::play, .width = width, .help = "Continue (Space)"}))
      return action::Resume{};
    return {};
  }
  const char* help =
      state.has_history ? "Train for the same number of epochs again (Space)" : "Start training (Space)";
  if (button("train",
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
  if (!ImGui::BeginPopup("reset?")) return asked;
  push_strong();
  ImGui::TextUnformatted("Start again with new weights?");
  pop_font();
  ImGui::Dummy(ImVec2(21 * em(), 0));
  sentence("The network's current weights will be lost. Its curves stay under Runs.");
  if (button("reset/yes", "New weights", {.kind = Kind::primary})) {
    asked = action::Reset{};
    ImGui::CloseCurrentPopup();
  }
  ImGui::SameLine();
  if (button("reset/no", "Keep")) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
  return asked;
}

void metric(const char* label, const std::string& value, float width) {
  ImGui::BeginGroup();
  push_size(0.82f);
  muted(label);
  pop_font();
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() - 0.35f * em());
  push_strong();
  ImGui::TextUnformatted(value.c_str());
  pop_font();
  ImGui::EndGroup();
  WidgetRects::mark(std::string("metric/") + label, value);
  ImGui::SameLine(0, std::max(0.0f, width - ImGui::GetItemRectSize().x));
}

void progress_metrics(const TransportState& state, bool narrow) {
  const Training& t = state.training;
  const float unit = em();
  if (t.epochs == 0 || (!t.running() && !state.has_history))
    return;  // weights loaded from a file were not trained here
  metric("epoch", count_text(t.epoch) + " / " + count_text(t.epochs), 5 * unit);
  const bool stepped = t.steps_per_epoch > 0;  // not in a training that was restored or opened
  if (!narrow && stepped)
    metric("step",
           t.state == RunState::validating ? std::string("validating")
                                           : count_text(t.step) + " / " + count_text(t.steps_per_epoch),
           8 * unit);
  metric("time left",
         t.running() ? duration_text(t.eta_seconds)
                     : std::string(t.epoch >= t.epochs && t.step >= t.steps_per_epoch ? "done" : "stopped"),
         narrow ? 4.5f * unit : 5.5f * unit);
  if (stepped) metric("images/s", count_text(t.images_per_second), narrow ? 4.5f * unit : 6 * unit);
  if (narrow) return;
  metric("loss", loss_text(t.loss), 6 * unit);
  metric("accuracy", percent_text(t.accuracy), 6 * unit);
}

}  // namespace

std::string progress_words(const Training& t) {
  std::string words = "epoch " + count_text(t.epoch) + " of " + count_text(t.epochs);
  if (t.state == RunState::validating) return words + ", validating";
  return words + ", step " + count_text(t.step) + " of " + count_text(t.steps_per_epoch);
}

UiRequest draw(TransportPanel& ui, const TransportState& state, bool narrow) {
  UiRequest asked;
  const Training& t = state.training;
  const bool fresh = !state.has_history && !t.running();
  if (button("reset", "",
             {.kind = Kind::quiet,
              .icon = Icon::reset,
              .enabled = !fresh,
              .help = "Start again with new weights (R)"}))
    ui.confirm_reset = true;
  if (const UiRequest reset = reset_question(ui)) asked = reset;
  ImGui::SameLine();
  if (const UiRequest main =
          main_button(state,
                      narrow ? std::max(6.2f * em(), ImGui::GetContentRegionAvail().x - 4 * control_height() -
                                                         4 * ImGui::GetStyle().ItemSpacing.x)
                             : 8.2f * em(),
                      narrow))
    asked = main;
  ImGui::SameLine();
  const bool can_step = !t.busy() && !state.starting && t.state != RunState::evaluating;
  if (button("step", "",
             {.kind = Kind::quiet,
              .icon = Icon::step,
              .enabled = can_step,
              .help = "Train one mini-batch, then pause (S)"}))
    asked = action::Step{};
  ImGui::SameLine();
  if (button("stop", "",
             {.kind = Kind::quiet,
              .icon = Icon::stop,
              .enabled = t.running(),
              .help = "End this training; the weights are kept"}))
    asked = action::Stop{};
  if (!narrow) ImGui::SameLine(0, 1.6f * em());
  ImGui::BeginGroup();
  progress_metrics(state, narrow);
  ImGui::NewLine();
  ImGui::EndGroup();
  return asked;
}

}  // namespace playground
