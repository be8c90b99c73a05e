#include "web/app/panels/training.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/family_form.h"
#include "web/app/controls/form.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/fields.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

/// Number of fields that are always visible; the trainer lists the most used first, up to the loss: with
/// optimizer and metric it is what Keras's compile() takes.
constexpr std::size_t kInView = 6;
constexpr const char* kGroups = "parameter_groups";

/// An empty optional field shows the default of the chosen type that has the same field: for learning_rate,
/// the optimizer's.
Field with_standard(const Field& field, const Json& fit, const Catalog& catalog) {
  if (!field.optional || !field.standard.is_null()) return field;
  for (const Field& other : catalog.fit_fields) {
    const std::vector<Type>* family = family_of(other, catalog);
    const Type* type = family != nullptr ? chosen_type(other, fit, *family) : nullptr;
    if (type == nullptr) continue;
    for (const Field& own : type->fields)
      if (own.name == field.name) {
        Field filled = field;
        filled.standard = own.standard;
        filled.optional = false;
        return filled;
      }
  }
  return field;
}

void draw_schedule(const std::vector<Point>& points) {
  if (points.size() < 2) return;
  double most = 0;
  for (const Point& p : points) most = std::max(most, p.y);
  if (!(most > 0) ||
      std::all_of(points.begin(), points.end(), [&](const Point& p) { return p.y == points[0].y; }))
    return;
  const ImVec2 size(ImGui::GetContentRegionAvail().x, 3.2f * em());
  ImGui::Dummy(size);
  tooltip("Learning rate from the first epoch to the last; maximum " + number_words(most));
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(low, high, palette().control, ImGui::GetStyle().FrameRounding);
  const float pad = 0.5f * em();
  const double x0 = points.front().x, x1 = points.back().x;
  for (const Point& p : points)
    list.PathLineTo(ImVec2(low.x + pad + static_cast<float>((p.x - x0) / (x1 - x0)) * (size.x - 2 * pad),
                           high.y - pad - static_cast<float>(p.y / most) * (size.y - 2 * pad)));
  list.PathStroke(palette().accent, 0, 0.12f * em());
}

bool draw_fit_field(TrainingPanel& ui, const TrainingState& state, const Field& described) {
  const Catalog& catalog = state.catalog;
  const Field field = with_standard(described, ui.fit, catalog);
  Json value = value_or_default(field, ui.fit);
  const std::vector<Type>* family = family_of(field, catalog);
  const bool changed =
      family != nullptr
          ? draw_family(field, *family, value, catalog.fit_fields)
          : draw_field(field.name.c_str(), field, value,
                       field.name == state.refusal.field ? state.refusal.message : std::string());
  if (family == &catalog.schedules) draw_schedule(state.schedule);
  if (!changed) return false;
  if (value == described.standard)
    ui.fit.erase(field.name);
  else
    ui.fit[field.name] = std::move(value);
  return true;
}

bool section(const char* name, const char* label, bool& open, std::size_t used) {
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() - outdent());  // aligns the icon with the labels
  const std::string text = used > 0 ? std::string(label) + " (" + std::to_string(used) + ")" : label;
  if (button(name, text.c_str(),
             {.kind = Kind::quiet, .icon = open ? Icon::chevron_down : Icon::chevron_right}))
    open = !open;
  return open;
}

void draw_list(TrainingPanel& ui, const char* key, const char* name, const char* label,
               const std::vector<Type>& types, bool& open) {
  if (types.empty()) return;
  Json list = ui.fit.find(key) != nullptr ? *ui.fit.find(key) : Json::array();
  const std::size_t used = list.elements() != nullptr ? list.elements()->size() : 0;
  if (!section(name, label, open, used) || !draw_members(key, types, list)) return;
  if (list.elements()->empty())
    ui.fit.erase(key);
  else
    ui.fit[key] = std::move(list);
}

/// Parameter groups: a form for each group, and a button to add one.
void draw_groups(TrainingPanel& ui, const std::vector<Field>& fields) {
  if (fields.empty()) return;
  Json list = ui.fit.find(kGroups) != nullptr ? *ui.fit.find(kGroups) : Json::array();
  if (list.elements() == nullptr) list = Json::array();
  if (!section("training/groups", "Parameter groups", ui.groups, list.elements()->size())) return;
  ImGui::PushID(kGroups);
  bool changed = false;
  std::size_t removed = list.elements()->size();
  for (std::size_t i = 0; i < list.elements()->size(); ++i) {
    const std::string name = "group " + std::to_string(i + 1);
    ImGui::Indent(em());
    changed |= draw_form(name.c_str(), fields, (*list.elements())[i]);
    if (button((name + "/remove").c_str(), "Remove this group", {.kind = Kind::quiet})) removed = i;
    ImGui::Unindent(em());
  }
  if (removed < list.elements()->size()) {
    list.elements()->erase(list.elements()->begin() + static_cast<std::ptrdiff_t>(removed));
    changed = true;
  }
  if (button(
          "training/groups/add", "Add a group",
          {.help =
               "Different settings for parameters whose names match a pattern; the first match applies."})) {
    list.push_back(needed_settings(fields));
    changed = true;
  }
  ImGui::PopID();
  if (!changed) return;
  if (list.elements()->empty())
    ui.fit.erase(kGroups);
  else
    ui.fit[kGroups] = std::move(list);
}

/// Learning rate and batch size change during training; other settings wait for the next one.
UiRequest live_change(const Json& before, const Json& now) {
  action::SetLive live;
  const auto changed = [&](const char* name, std::optional<double>& value) {
    const Json *is = now.find(name), *was = before.find(name);
    if (is != nullptr && is->number() != nullptr && (was == nullptr || !(*was == *is))) value = *is->number();
  };
  changed("learning_rate", live.learning_rate);
  changed("batch_size", live.batch_size);
  if (live.learning_rate || live.batch_size) return live;
  return {};
}

}  // namespace

UiRequest draw(TrainingPanel& ui, const TrainingState& state) {
  const std::vector<Field>& fields = state.catalog.fit_fields;
  if (fields.empty()) {
    sentence("The trainer is starting.");
    return {};
  }
  const Json before = ui.fit;
  for (std::size_t i = 0; i < std::min(kInView, fields.size()); ++i) draw_fit_field(ui, state, fields[i]);
  ImGui::Dummy(ImVec2(0, 0.1f * em()));
  label_value("metric", "accuracy");
  tooltip("The share of pictures predicted correctly. It is always measured, along with the loss.");
  WidgetRects::mark("training/metric", "accuracy");
  draw_list(ui, "augmentation", "training/augmentation", "Augmentation", state.catalog.augmentations,
            ui.augmentation);
  draw_list(ui, "callbacks", "training/callbacks", "During training", state.catalog.callbacks, ui.callbacks);
  draw_groups(ui, state.catalog.group_fields);
  if (fields.size() > kInView && section("training/more", "More settings", ui.more, 0)) {
    for (std::size_t i = kInView; i < fields.size(); ++i) draw_fit_field(ui, state, fields[i]);
    if (state.backend.most_threads > 1) {
      Field threads;
      threads.name = "threads";
      threads.type = "int";
      threads.help = "Number of threads that train. It changes the speed; the result stays bit-identical.";
      threads.standard = state.backend.threads;
      threads.min = 1;
      threads.max = state.backend.most_threads;
      draw_fit_field(ui, state, threads);
    }
  }
  if (ui.fit == before) return {};
  if (state.training.running())
    if (const UiRequest live = live_change(before, ui.fit)) return live;
  return action::FitChanged{};
}

}  // namespace playground
