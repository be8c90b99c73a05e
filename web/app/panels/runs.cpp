#include "web/app/panels/runs.h"

#include <cmath>
#include <utility>

#include "web/app/controls/cards.h"
#include "web/app/controls/exports.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/panels/run_settings.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

const HistoryRow* best_validated(const Run& run) { return best_row(run, &HistoryRow::val_accuracy, true); }

std::string result_text(const Run& run) {
  if (run.history.empty()) return run.steps.empty() ? "not trained yet" : "no complete epoch";
  const HistoryRow& last = run.history.back();
  std::string text = count_text(last.epoch) + (last.epoch == 1 ? " epoch, accuracy " : " epochs, accuracy ") +
                     percent_text(last.accuracy);
  if (const HistoryRow* best = best_validated(run))
    text += ", validation " + percent_text(*best->val_accuracy) + " at best (epoch " +
            count_text(best->epoch) + ")";
  if (last.tta_accuracy) text += ", " + percent_text(*last.tta_accuracy) + " with test-time augmentation";
  return text;
}

double best_accuracy(const Run& run) {
  const HistoryRow* best = best_validated(run);
  return best != nullptr ? *best->val_accuracy : std::nan("");
}

double seconds_of(const Run& run) {
  double sum = 0;
  for (const HistoryRow& row : run.history) sum += row.seconds;
  return sum;
}

double epochs_of(const Run& run) { return run.history.empty() ? 0 : run.history.back().epoch; }

struct Column {
  const char *title, *name;
  double (*value)(const Run&);  ///< what it sorts by; null: not
};
constexpr Column kColumns[] = {
    {"Run", "runs/sort/run", [](const Run& run) { return static_cast<double>(run.id); }},
    {"Best val. accuracy", "runs/sort/accuracy", best_accuracy},
    {"Epochs", "runs/sort/epochs", epochs_of},
    {"Time", "runs/sort/time", seconds_of},
    {"Parameters", "runs/sort/parameters", [](const Run& run) { return run.parameters; }},
    {"Settings that differ", "", nullptr},
    {"", "", nullptr}};
constexpr int kColumnCount = static_cast<int>(std::size(kColumns));

/// Indices of the runs in display order.
std::vector<std::size_t> order_of(const RunsPanel& ui, const std::vector<Run>& runs) {
  std::vector<std::size_t> order;
  const auto value = kColumns[ui.sort].value;
  const auto precedes = [&](std::size_t a, std::size_t b) {
    const double left = value(runs[a]), right = value(runs[b]);
    if (std::isnan(left) || std::isnan(right))
      return !std::isnan(left) && std::isnan(right);  // unknown: last
    return ui.descending ? left > right : left < right;
  };
  for (std::size_t i = 0; i < runs.size(); ++i) {
    order.push_back(i);
    for (std::size_t at = i; at > 0 && precedes(order[at], order[at - 1]); --at)
      std::swap(order[at], order[at - 1]);
  }
  return order;
}

void sort_by(RunsPanel& ui, int column) {
  ui.descending = ui.sort == column ? !ui.descending : column < 2;  // the newest and the best first
  ui.sort = column;
}

void draw_header(RunsPanel& ui) {
  ImGui::TableNextRow();
  for (int i = 0; i < kColumnCount; ++i) {
    const Column& column = kColumns[i];
    ImGui::TableNextColumn();
    if (column.value == nullptr) {
      align_with_controls();
      muted(column.title);
      continue;
    }
    const bool chosen = ui.sort == i;
    const Icon icon = !chosen ? Icon::none : ui.descending ? Icon::down : Icon::up;
    ImGui::SetCursorPosX(
        ImGui::GetCursorPosX() -
        std::min(0.75f * em(), ImGui::GetStyle().CellPadding.x));  // the title begins where the cells do
    if (button(column.name, column.title,
               {.kind = Kind::quiet, .icon = icon, .help = "Sort by this", .strong = chosen}))
      sort_by(ui, i);
  }
}

/// On a narrow page, in the place of the header.
void draw_order(RunsPanel& ui) {
  if (!begin_choice("runs/sort", std::string("Sorted by ") + kColumns[ui.sort].title,
                    ImGui::GetContentRegionAvail().x))
    return;
  for (int i = 0; i < kColumnCount; ++i) {
    if (kColumns[i].value == nullptr) continue;
    if (menu_entry(kColumns[i].name, kColumns[i].title, ui.sort == i)) sort_by(ui, i);
  }
  ImGui::EndCombo();
}

/// The name, or a text field while it is edited.
UiRequest draw_name(RunsPanel& ui, const Run& run) {
  if (ui.renaming != run.id) {
    push_strong();
    align_with_controls();
    const std::string shown =
        fitted(run.name, 14 * em());  // a column as wide as the longest name would leave no room
    ImGui::TextUnformatted(shown.c_str());
    WidgetRects::mark("run/title/" + std::to_string(run.id), run.name);
    pop_font();
    if (shown != run.name) tooltip(run.name);
    return {};
  }
  ImGui::SetNextItemWidth(14 * em());
  if (ImGui::IsWindowAppearing() || ui.name[0] == 0) {
    run.name.copy(ui.name, sizeof ui.name - 1);
    ImGui::SetKeyboardFocusHere();
  }
  const bool entered =
      ImGui::InputText("##name", ui.name, sizeof ui.name,
                       ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
  WidgetRects::mark("run/name", edited_text("##name", ui.name));
  if (!entered && !ImGui::IsItemDeactivated()) return {};
  ui.renaming = -1;
  return action::RenameRun{run.id, ui.name};
}

UiRequest draw_run_actions(RunsPanel& ui, const Run& run, bool present) {
  UiRequest asked;
  const auto act = [&](const char* name, Icon icon, const char* help) {
    same_line_where_fits(control_height(), 0.1f * em());
    const bool pressed = button(name, "", {.kind = Kind::quiet, .icon = icon, .help = help});
    WidgetRects::mark(std::string(name) + "/" + std::to_string(run.id), help);
    return pressed;
  };
  if (act("run/rename", Icon::pen, "Rename")) {
    ui.renaming = run.id;
    ui.name[0] = 0;
  }
  if (act("run/save", Icon::download, "Save")) ImGui::OpenPopup("save run");
  if (!present) {
    if (act("run/use", Icon::undo, "Use its network and settings again")) asked = action::UseRun{run.id};
    if (act("run/delete", Icon::trash, "Delete")) asked = action::DeleteRun{run.id};
  }
  if (ImGui::BeginPopup("save run")) {
    if (menu_entry("run/csv", "History as CSV"))
      asked = action::SaveText{file_name(run.name) + ".csv", history_csv(run)};
    if (menu_entry("run/json", "All as JSON"))
      asked = action::SaveText{file_name(run.name) + ".json", run_json(run)};
    ImGui::EndPopup();
  }
  return asked;
}

/// The switch, the color and the name.
UiRequest draw_title(RunsPanel& ui, const Run& run, std::size_t place) {
  UiRequest asked;
  bool shown = run.shown;
  if (toggle(("run/show/" + std::to_string(run.id)).c_str(), "", shown))
    asked = action::ShowRun{run.id, shown};
  tooltip("Show it in the curves");
  ImGui::SameLine(0, 0.6f * em());
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddCircleFilled(ImVec2(at.x + 0.4f * em(), at.y + control_height() / 2),
                                              0.36f * em(), palette().runs[place % palette().runs.size()]);
  ImGui::Dummy(ImVec2(0.8f * em(), control_height()));
  ImGui::SameLine(0, 0.6f * em());
  if (const UiRequest renamed = draw_name(ui, run)) asked = renamed;
  return asked;
}

void cell(const std::string& name, const Run& run, const std::string& text) {
  ImGui::TableNextColumn();
  align_with_controls();
  ImGui::TextUnformatted(text.c_str());
  WidgetRects::mark("run/" + name + "/" + std::to_string(run.id), text);
}

UiRequest draw_row(RunsPanel& ui, const Run& run, std::size_t place, bool present,
                   const std::string& differs) {
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  UiRequest asked = draw_title(ui, run, place);
  const HistoryRow* best = best_validated(run);
  cell("accuracy", run,
       best != nullptr ? percent_text(*best->val_accuracy) + " (epoch " + count_text(best->epoch) + ")"
                       : std::string("\u2013"));
  cell("epochs", run, count_text(epochs_of(run)));
  cell("time", run, duration_text(seconds_of(run)));
  cell("parameters", run, run.parameters > 0 ? count_text(run.parameters) : std::string("\u2013"));
  ImGui::TableNextColumn();
  align_with_controls();
  wrapped_text(differs);
  WidgetRects::mark("run/differs/" + std::to_string(run.id), differs);
  ImGui::TableNextColumn();
  ImGui::Dummy(ImVec2(0, 0));
  if (const UiRequest pressed = draw_run_actions(ui, run, present)) asked = pressed;
  return asked;
}

/// The same below each other, for a narrow page.
UiRequest draw_card(RunsPanel& ui, const Run& run, std::size_t place, bool present,
                    const std::string& differs) {
  UiRequest asked = draw_title(ui, run, place);
  if (const UiRequest pressed = draw_run_actions(ui, run, present)) asked = pressed;
  sentence(result_text(run));
  WidgetRects::mark("run/result/" + std::to_string(run.id), result_text(run));
  if (!differs.empty()) sentence(differs);
  WidgetRects::mark("run/differs/" + std::to_string(run.id), differs);
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  return asked;
}

}  // namespace

UiRequest draw(RunsPanel& ui, const std::vector<Run>& runs, const Catalog& catalog, bool narrow) {
  if (runs.empty()) {
    centered_note("Every training run is listed here, to compare it with others. Runs stay in this browser.");
    return {};
  }
  UiRequest asked;
  const std::vector<std::string> differs = settings_that_differ(runs, catalog);
  sentence("The curves show the runs that are switched on. Runs stay in this browser until you delete them.");
  if (button("runs/csv", "Save the table as CSV", {.icon = Icon::download}))
    asked = action::SaveText{"runs.csv", runs_csv(runs, differs)};
  const Run* current = current_run(runs);
  if (narrow)
    draw_order(ui);
  else if (!ImGui::BeginTable(
               "runs", kColumnCount,
               ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_PadOuterX))
    return asked;
  if (!narrow) {
    // Where the page has room for it, a title takes one line, and so do a run's buttons.
    const bool room = ImGui::GetContentRegionAvail().x > 56 * em();
    for (const Column& column : kColumns) {
      const bool stretches = &column == &kColumns[kColumnCount - 2];
      const float width = !room || &column == kColumns ? 0
                          : column.value != nullptr    ? button_width(column.title, true)
                          : stretches                  ? 0
                                                       : 4.2f * control_height();
      ImGui::TableSetupColumn(
          column.title, stretches ? ImGuiTableColumnFlags_WidthStretch : ImGuiTableColumnFlags_WidthFixed,
          width);
    }
    draw_header(ui);
  }
  for (const std::size_t place : order_of(ui, runs)) {
    const Run& run = runs[place];
    ImGui::PushID(run.id);
    const UiRequest pressed = narrow ? draw_card(ui, run, place, &run == current, differs[place])
                                     : draw_row(ui, run, place, &run == current, differs[place]);
    if (pressed) asked = pressed;
    ImGui::PopID();
  }
  if (!narrow) ImGui::EndTable();
  return asked;
}

}  // namespace playground
