#include "web/app/workbench.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/tab_stops.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/panels/class_array.h"
#include "web/app/panels/help.h"
#include "web/app/panels/pending_network.h"
#include "web/app/panels/profile.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr float kNarrow = 72;      // em: below this the page is one column
constexpr float kLeftColumn = 22;  // em
constexpr float kMetrics = 14;     // em: epoch, loss and accuracy

/// Bar and tabs would leave no room to scroll in: everything below the bar scrolls.
bool low_page() { return ImGui::GetIO().DisplaySize.y < 30 * em(); }

const HistoryRow* last_epoch(const std::vector<Run>& runs) {
  const Run* run = current_run(runs);
  return run != nullptr && !run->history.empty() ? &run->history.back() : nullptr;
}

UiRequest draw_bar(Workbench& ui, AppState& state, bool narrow) {
  UiRequest request;
  const ImVec2 corner = ImGui::GetCursorPos();
  const TransportState transport_state{state.training, state.loading,  !state.data.empty(),
                                       state.trained,  state.starting, last_epoch(state.runs)};
  // A low page has no room for a second line.
  const bool beside = !narrow || low_page();
  if (const UiRequest transport = draw(ui.transport, transport_state, narrow, beside ? kMetrics * em() : 0))
    request = transport;
  const float side = control_height(), gap = ImGui::GetStyle().ItemSpacing.x;
  const float right = ImGui::GetWindowWidth() - corner.x - 2 * side - gap - (narrow ? 0 : side + gap);
  if (narrow) {
    same_line_where_fits(2 * side + gap, gap);
    if (ImGui::GetCursorPosX() > corner.x + 1) {
      const ImVec2 at = ImGui::GetCursorPos();
      if (beside) draw_metrics(transport_state, right - at.x - gap);
      ImGui::SetCursorPos(ImVec2(right, at.y));
    }
  } else {
    ImGui::SameLine(0, 1.6f * em());
    draw_metrics(transport_state, right - ImGui::GetCursorPosX());
    ImGui::SetCursorPos(ImVec2(right, corner.y));
  }
  if (!narrow) {
    if (button("share", "",
               {.kind = Kind::quiet,
                .icon = Icon::link,
                .help = "Copy a link to this network and its settings"}))
      request = action::Share{};
    ImGui::SameLine();
  }
  const char* theme_help = ui.theme == ThemeChoice::system ? "Colors follow the system"
                           : dark()                        ? "Dark colors"
                                                           : "Light colors";
  const Icon theme_icon = ui.theme == ThemeChoice::system ? Icon::contrast : dark() ? Icon::moon : Icon::sun;
  if (button("theme", "", {.kind = Kind::quiet, .icon = theme_icon, .help = theme_help}))
    request = action::Theme{};
  ImGui::SameLine();
  if (button("help", "", {.kind = Kind::quiet, .icon = Icon::question, .help = "Keys and licenses (?)"}))
    ui.help_open = true;
  if (!beside) draw_metrics(transport_state, ImGui::GetContentRegionAvail().x);
  return request;
}

/// A line under the bar: the progress of the training.
void draw_progress_line(const AppState& state) {
  const Training& t = state.training;
  if (!t.running() || t.epochs <= 0) return;
  const double in_epoch = t.steps_per_epoch > 0 ? static_cast<double>(t.step) / t.steps_per_epoch : 0;
  const float share = static_cast<float>(std::clamp((t.epoch - 1 + in_epoch) / t.epochs, 0.0, 1.0));
  const ImVec2 corner = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  const float thick = 0.2f * em();
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(corner.x, corner.y + size.y - thick),
                                            ImVec2(corner.x + size.x * share, corner.y + size.y),
                                            palette().accent);
}

void draw_notice(AppState& state) {
  if (!state.notice) return;
  ImGui::PushStyleColor(ImGuiCol_ChildBg,
                        mix(palette().panel, palette().wrong, state.notice->error ? 0.14f : 0.05f));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(em(), 0.55f * em()));
  begin_part("notice", ImVec2(0, 0), ImGuiChildFlags_AlwaysUseWindowPadding | ImGuiChildFlags_AutoResizeY);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  const float width = ImGui::GetContentRegionAvail().x - control_height() - em(), right = right_edge();
  const ImVec2 at = ImGui::GetCursorPos();
  ImGui::SetCursorPosY(at.y + (control_height() - em()) / 2);
  wrapped_text(state.notice->message, width);
  WidgetRects::mark("notice", state.notice->message);
  ImGui::SetCursorPos(ImVec2(right - control_height(), at.y));
  const bool closed = button("notice/close", "", {.kind = Kind::quiet, .icon = Icon::cross, .help = "Close"});
  ImGui::EndChild();
  if (closed) state.notice.reset();
}

UiRequest draw_data_card(Workbench& ui, AppState& state) {
  return draw(ui.data,
              DataState{state.data, state.sources, state.loading, state.preview, state.preview_labels});
}

BuilderState builder_state_of(const AppState& state) {
  return {state.catalog,     state.model, state.checked, state.trained, state.training.running(),
          state.weights_kept};
}

UiRequest draw_model_card(Workbench& ui, AppState& state) {
  const BuilderState builder_state = builder_state_of(state);
  UiRequest request = draw_builder_heading(ui.builder, builder_state);
  const UiRequest blocks = draw(ui.builder, builder_state);
  return request ? request : blocks;
}

UiRequest draw_training_card(Workbench& ui, AppState& state) {
  return draw(ui.training,
              TrainingState{state.catalog, state.backend, state.training, state.schedule, state.refusal});
}

UiRequest draw_settings(Workbench& ui, AppState& state) {
  UiRequest request;
  begin_card("data", "Data");
  draw_change_button(ui.data, state.data, state.loading);
  if (const UiRequest data = draw_data_card(ui, state)) request = data;
  end_card();
  begin_card("model", "Model");
  if (const UiRequest model = draw_model_card(ui, state)) request = model;
  end_card();
  begin_card("training", "Training");
  if (const UiRequest training = draw_training_card(ui, state)) request = training;
  end_card();
  return request;
}

UiRequest draw_pictures(Workbench& ui, AppState& state, bool narrow) {
  const Json* share = ui.training.fit.find("validation_split");
  const double held_out = share != nullptr && share->number() != nullptr ? *share->number() : 0;
  return draw(ui.pictures,
              PicturesState{state.data, state.pages, state.closely, held_out,
                            share != nullptr ? rejected(*share) : std::nullopt},
              narrow);
}

UiRequest draw_misfit(const std::string& why) {
  centered_note(why);
  WidgetRects::mark("misfit", why);
  return {};
}

UiRequest draw_predictions(Workbench& ui, AppState& state, const GalleryState& gallery, bool narrow) {
  constexpr const char* kOf[] = {"Test pictures", "Class array", "Your picture"};
  int of = static_cast<int>(ui.predictions_of);
  segmented("predictions/of", kOf, of, narrow);
  ui.predictions_of = static_cast<PredictionsOf>(of);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  const std::string why = misfit(state.model, state.data);
  if (!why.empty() && ui.predictions_of != PredictionsOf::own) return draw_misfit(why);
  if (ui.predictions_of == PredictionsOf::test) return draw(ui.gallery, gallery, narrow);
  if (ui.predictions_of == PredictionsOf::classes)
    return draw_class_array({state.classes, state.data.class_names, state.trained, state.training.busy()});
  return draw(
      ui.own,
      OwnPictureState{state.own, state.recognized, output_names(state.model, state.data), state.trained},
      narrow);
}

/// `room`: the height of the page that is free for it.
UiRequest draw_result(Workbench& ui, AppState& state, bool narrow, float room) {
  const GalleryState gallery{state.gallery.items,   state.gallery.atlas,   state.data.class_names,
                             state.gallery_total,   state.gallery_waiting, state.trained,
                             state.training.busy(), state.gallery_epoch};
  const bool can_test = !state.model.empty() && !state.data.empty() && !state.starting &&
                        state.training.state != RunState::evaluating;
  switch (ui.tab) {
    case Tab::matrix:
      if (const std::string why = misfit(state.model, state.data); !why.empty()) return draw_misfit(why);
      return draw(ui.matrix, {state.evaluation, state.data.class_names, state.calibration, can_test}, narrow);
    case Tab::predictions:
      return draw_predictions(ui, state, gallery, narrow);
    case Tab::pictures:
      return draw_pictures(ui, state, narrow);
    case Tab::inside:
      draw(ui.inside, inside_state(state, narrow));
      return {};
    case Tab::runs:
      return draw(ui.runs, state.runs, state.catalog, narrow);
    case Tab::profile:
      draw_profile(state.profile, narrow);
      return {};
    case Tab::learn:
      return draw(ui.learn,
                  Lesson{ui.learn.exec, state.lesson_train, state.lesson_test, state.lesson_edition,
                         state.data.class_names, state.evaluation, state.runs, narrow, state.measured,
                         state.data, state.training, state.model, state.classes, state.catalog,
                         ui.training.fit, state.trained, state.starting},
                  state.trained);
    default:
      break;
  }
  const float height = std::max((narrow ? 36.0f : 16.0f) * em(), room - strip_height());
  UiRequest request =
      draw(ui.curves, CurvesState{state.runs, state.starting, !state.trained}, height, narrow);
  const GalleryState strip{state.strip.items, state.strip.atlas, state.data.class_names, 0, false, true};
  const float top = ImGui::GetCursorPosY();
  if (const UiRequest look = draw_strip(strip, state.strip_of_test)) request = look;
  // The card is as high before the pictures come as with them: it would cut them until the next frame.
  const float rest = top + strip_height() - ImGui::GetCursorPosY();
  if (narrow && rest > 0) ImGui::Dummy(ImVec2(0, rest));
  return request;
}

UiRequest draw_pending_below(Workbench& ui, const BuilderState& state, float width) {
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y);
  ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, 0);
  begin_part("pending", ImVec2(width, pending_height(ui.builder, state, width)), 0,
             ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
  ImGui::PopStyleVar();
  const UiRequest asked = draw_pending(ui.builder, state);
  ImGui::EndChild();
  return asked;
}

UiRequest draw_wide(Workbench& ui, AppState& state) {
  UiRequest request;
  if (ui.tab >= Tab::data) ui.tab = Tab::curves;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  const float left = kLeftColumn * em();
  const BuilderState builder_state = builder_state_of(state);
  const bool learns = ui.tab == Tab::learn;
  const float pending = learns ? 0 : pending_height(ui.builder, builder_state, left);
  ImGui::BeginGroup();
  begin_part("settings", ImVec2(left, pending > 0 ? ImGui::GetContentRegionAvail().y - pending : 0), 0,
             ImGuiWindowFlags_NoBackground);
  ImGui::PopStyleVar();
  if (learns) {
    begin_card("contents", "Chapters");
    draw_contents(ui.learn);
    end_card();
  } else if (const UiRequest settings = draw_settings(ui, state)) {
    request = settings;
  }
  ImGui::EndChild();
  if (pending > 0)
    if (const UiRequest answer = draw_pending_below(ui, builder_state, left)) request = answer;
  ImGui::EndGroup();
  ImGui::SameLine(0, 0.8f * em());
  ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().panel);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(1.2f * em(), 0.6f * em()));
  begin_part("results", ImVec2(0, 0), ImGuiChildFlags_AlwaysUseWindowPadding);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  draw_result_tabs(ui.tab);
  ImGui::Dummy(ImVec2(0, 0.3f * em()));
  if (const UiRequest result = draw_result(ui, state, false, ImGui::GetContentRegionAvail().y))
    request = result;
  ImGui::EndChild();
  return request;
}

UiRequest draw_narrow(Workbench& ui, AppState& state) {
  UiRequest request;
  ImGui::Indent(0.3f * em());
  draw_all_tabs(ui.tab);
  ImGui::Unindent(0.3f * em());
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  const BuilderState builder_state = builder_state_of(state);
  const float width = ImGui::GetContentRegionAvail().x,
              pending = pending_height(ui.builder, builder_state, width);
  const float stable =
      ImGui::GetWindowWidth() - 2 * ImGui::GetCursorStartPos().x - ImGui::GetStyle().ScrollbarSize;
  const float high = pending > 0 && !low_page() ? ImGui::GetContentRegionAvail().y - pending : 0;
  begin_part("page", ImVec2(0, high), low_page() ? ImGuiChildFlags_AutoResizeY : 0,
             ImGuiWindowFlags_NoBackground);
  ImGui::PopStyleVar();
  if (ui.tab == Tab::pictures) ui.tab = Tab::data;
  const float outside = low_page() ? 0 : ImGui::GetContentRegionAvail().y;
  // As if it always had a scrollbar: showing it would rewrap the text, which hides it again.
  begin_card("panel", "", stable);
  const float edges = 2 * ImGui::GetCursorStartPos().y + 2 * ImGui::GetStyle().ItemSpacing.y;
  UiRequest panel;
  if (ui.tab == Tab::data) {
    draw_change_button(ui.data, state.data, state.loading);
    panel = draw_data_card(ui, state);
    if (!state.data.empty()) {
      ImGui::Dummy(ImVec2(0, 0.4f * em()));
      if (const UiRequest pictures = draw_pictures(ui, state, true)) panel = pictures;
    }
  }
  if (ui.tab == Tab::model)
    panel = draw_model_card(ui, state);
  else if (ui.tab == Tab::training)
    panel = draw_training_card(ui, state);
  else if (ui.tab != Tab::data)
    panel = draw_result(ui, state, true, outside - edges);
  if (panel) request = panel;
  end_card();
  ImGui::EndChild();
  if (pending > 0)
    if (const UiRequest answer = draw_pending_below(ui, builder_state, width)) request = answer;
  return request;
}

/// Keys that work everywhere except in text fields.
UiRequest keys(Workbench& ui, AppState& state) {
  if (ImGui::GetIO().WantTextInput ||
      ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel))
    return {};
  const Training& t = state.training;
  const bool command = ImGui::GetIO().KeyCtrl || ImGui::GetIO().KeySuper;
  const bool undo = command && ImGui::IsKeyPressed(ImGuiKey_Z) && !ImGui::GetIO().KeyShift;
  const bool redo = command && (ImGui::IsKeyPressed(ImGuiKey_Y) ||
                                (ImGui::IsKeyPressed(ImGuiKey_Z) && ImGui::GetIO().KeyShift));
  if ((undo && ui.builder.network.undo()) || (redo && ui.builder.network.redo())) {
    ui.builder.open = -1;
    return action::Check{ui.builder.network.config()};
  }
  const auto pressed = [](ImGuiKey key) {
    return ImGui::IsKeyPressed(key, false) && !ImGui::GetIO().KeyCtrl && !ImGui::GetIO().KeySuper;
  };
  const bool on_widget =
      ImGui::GetIO().NavVisible && ImGui::IsAnyItemFocused();  // Space then presses the widget
  if (const std::optional<Tab> tab = tab_of_key()) ui.tab = *tab;
  if (pressed(ImGuiKey_Slash) && ImGui::GetIO().KeyShift) ui.help_open = true;
  if (pressed(ImGuiKey_R) && state.trained) ui.transport.confirm_reset = true;
  if (pressed(ImGuiKey_S) && !t.busy() && !state.starting) return action::Step{};
  if (!pressed(ImGuiKey_Space) || on_widget || state.starting || t.state == RunState::evaluating) return {};
  if (t.busy()) return action::Pause{};
  if (t.state == RunState::paused) return action::Resume{};
  return action::Train{};
}

}  // namespace

InsideState inside_state(AppState& state, bool narrow) {
  return {state.data, state.model, state.training, state.inside, state.own, narrow};
}

UiRequest draw(Workbench& ui, AppState& state) {
  WidgetRects::begin_frame();
  Touch::begin_frame();
  UiRequest request = keys(ui, state);
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const bool narrow = ui.narrow = display.x < kNarrow * em();
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(display);
  constexpr ImGuiWindowFlags kWhole =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
      ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::Begin("playground", nullptr, kWhole);
  ImGui::PopStyleVar(2);
  const float pad = std::min(0.8f * em(), 0.033f * display.x);
  ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().panel);
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(pad, 0.6f * em()));
  begin_part("bar", ImVec2(0, 0), ImGuiChildFlags_AlwaysUseWindowPadding | ImGuiChildFlags_AutoResizeY,
             ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar(2);
  ImGui::PopStyleColor();
  if (const UiRequest pressed = draw_bar(ui, state, narrow)) request = pressed;
  draw_progress_line(state);
  ImGui::EndChild();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(pad, narrow ? 0.3f * em() : pad));
  ImGui::SetCursorPosY(ImGui::GetItemRectMax().y);
  constexpr ImGuiWindowFlags kFixed = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
  begin_part("body", ImVec2(0, 0), ImGuiChildFlags_AlwaysUseWindowPadding, narrow && low_page() ? 0 : kFixed);
  ImGui::PopStyleVar();
  draw_notice(state);
  if (const UiRequest body = narrow ? draw_narrow(ui, state) : draw_wide(ui, state)) request = body;
  ImGui::EndChild();
  if (const UiRequest help = draw_help(ui.help_open, narrow)) request = help;
  if (const UiRequest answer = draw(ui.question)) request = answer;
  ImGui::End();
  TabStops::end_frame();
  return request;
}

}  // namespace playground
