#include "web/app/panels/runs.h"

#include <algorithm>

#include "web/app/controls/exports.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/fields.h"
#include "web/app/state/format.h"
#include "web/app/state/network.h"

namespace playground {
namespace {

std::string words_of(const Json& value) {
  if (value.string() != nullptr) return *value.string();
  if (value.number() != nullptr) return short_number(*value.number(), 7);
  if (value.is_null()) return "auto";
  const Json* name = value.find("class_name");
  if (name != nullptr && name->string() != nullptr) return *name->string() + " with different settings";
  return value.dump();
}

const HistoryRow* best_row(const Run& run) {
  const HistoryRow* best = nullptr;
  for (const HistoryRow& row : run.history)
    if (row.val_accuracy && (best == nullptr || *row.val_accuracy > *best->val_accuracy)) best = &row;
  return best;
}

std::string result_text(const Run& run) {
  if (run.history.empty()) return run.steps.empty() ? "not trained yet" : "no complete epoch";
  const HistoryRow& last = run.history.back();
  std::string text = std::to_string(last.epoch) +
                     (last.epoch == 1 ? " epoch, accuracy " : " epochs, accuracy ") +
                     percent_text(last.accuracy);
  if (const HistoryRow* best = best_row(run))
    text += ", validation " + percent_text(*best->val_accuracy) + " at best (epoch " +
            std::to_string(best->epoch) + ")";
  if (last.tta_accuracy) text += ", " + percent_text(*last.tta_accuracy) + " with test-time augmentation";
  return text;
}

/// The name, or a text field while it is edited.
UiRequest draw_name(RunsPanel& ui, const Run& run) {
  if (ui.renaming != run.id) {
    push_strong();
    ImGui::AlignTextToFramePadding();
    ImGui::TextUnformatted(run.name.c_str());
    pop_font();
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
    WidgetRects::mark(std::string(name) + "/" + std::to_string(run.id));
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

void compare_fit(std::vector<std::string>& words, const Run& from, const Run& to, const Catalog& catalog) {
  for (const Field& field : catalog.fit_fields) {
    const Json &was = value_or_default(field, from.fit), &now = value_or_default(field, to.fit);
    if (!(was == now))
      words.push_back(spoken(field.name) + " " + words_of(now) + " instead of " + words_of(was));
  }
  for (const char* list : {"augmentation", "callbacks"}) {
    const Json *was = from.fit.find(list), *now = to.fit.find(list);
    const bool some_was = was != nullptr && was->elements() != nullptr,
               some_now = now != nullptr && now->elements() != nullptr;
    if (some_was != some_now || (some_was && !(*was == *now)))
      words.push_back(std::string("different ") + list);
  }
}

void compare_networks(std::vector<std::string>& words, const Run& from, const Run& to) {
  if (from.config == to.config) return;
  Network was, now;
  was.set(from.config);
  now.set(to.config);
  if (was.count() != now.count()) {
    words.push_back(std::to_string(now.count()) + " layers instead of " + std::to_string(was.count()));
    return;
  }
  for (int i = 0; i < now.count(); ++i) {
    if (was.class_name(i) != now.class_name(i)) {
      words.push_back(now.class_name(i) + " instead of " + was.class_name(i));
      continue;
    }
    const Json* config = now.layer(i)->find("config");
    const Json* other = was.layer(i)->find("config");
    if (config == nullptr || other == nullptr || config->members() == nullptr) continue;
    for (const auto& [key, value] : *config->members()) {
      const Json* old = other->find(key);
      if (key != "name" && (old == nullptr || !(*old == value)))
        words.push_back(now.name(i) + ": " + spoken(key) + " " + words_of(value) + " instead of " +
                        (old != nullptr ? words_of(*old) : "auto"));
    }
  }
}

}  // namespace

std::vector<std::string> differences(const Run& from, const Run& to, const Catalog& catalog) {
  std::vector<std::string> words;
  if (from.data != to.data) words.push_back(to.data + " instead of " + from.data);
  compare_networks(words, from, to);
  compare_fit(words, from, to, catalog);
  return words;
}

UiRequest draw(RunsPanel& ui, const std::vector<Run>& runs, const Catalog& catalog) {
  if (runs.empty()) {
    centered_note("Every training run is listed here, to compare it with others.");
    return {};
  }
  UiRequest asked;
  sentence("The curves show the runs that are switched on. If there are several, each has its own color.");
  ImGui::Dummy(ImVec2(0, 0.3f * em()));
  for (std::size_t i = runs.size(); i-- > 0;) {  // newest first
    const Run& run = runs[i];
    ImGui::PushID(run.id);
    bool shown = run.shown;
    if (toggle(("run/show/" + std::to_string(run.id)).c_str(), "", shown))
      asked = action::ShowRun{run.id, shown};
    ImGui::SameLine(0, 0.6f * em());
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float middle = at.y + control_height() / 2;
    ImGui::GetWindowDrawList()->AddCircleFilled(ImVec2(at.x + 0.4f * em(), middle), 0.36f * em(),
                                                palette().runs[i % palette().runs.size()]);
    ImGui::Dummy(ImVec2(0.8f * em(), control_height()));
    ImGui::SameLine(0, 0.6f * em());
    if (const UiRequest renamed = draw_name(ui, run)) asked = renamed;
    if (const UiRequest pressed = draw_run_actions(ui, run, i + 1 == runs.size())) asked = pressed;
    const float indent = 4.0f * em();
    ImGui::Indent(indent);
    sentence(result_text(run));
    WidgetRects::mark("run/result/" + std::to_string(run.id), result_text(run));
    if (i > 0) {
      const std::vector<std::string> words = differences(runs[i - 1], run, catalog);
      std::string text = words.empty() ? "The same settings as " : "Compared with ";
      text.append(runs[i - 1].name);
      for (const std::string& word : words) text.append(&word == &words.front() ? ": " : "; ").append(word);
      text.append(".");
      sentence(text);
      WidgetRects::mark("run/differs/" + std::to_string(run.id), text);
    }
    ImGui::Unindent(indent);
    ImGui::Dummy(ImVec2(0, 0.4f * em()));
    ImGui::PopID();
  }
  return asked;
}

}  // namespace playground
