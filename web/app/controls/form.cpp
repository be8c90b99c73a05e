#include "web/app/controls/form.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "web/app/controls/widgets.h"
#include "web/app/state/fields.h"

namespace playground {
namespace {

constexpr float kControlWidth = 9.2f;  // em
float control_width() { return kControlWidth * em(); }

void label(const Field& field) {
  const ImVec2 at = ImGui::GetCursorPos();
  ImGui::SetCursorPosY(at.y + (control_height() - em()) / 2);
  const float width = ImGui::GetContentRegionAvail().x - control_width() - 0.5f * em(),
              right = right_edge() - control_width();
  muted(fitted(spoken(field.name), width));
  tooltip(field.help);
  ImGui::SetCursorPos(ImVec2(right, at.y));
}

bool draw_number(const Field& field, Json& value) {
  const double* number = value.number();
  const double fallback =
      field.standard.number() != nullptr ? *field.standard.number() : field.min.value_or(1);
  const std::string text = number != nullptr ? value_text(field, *number) : "auto";
  const Stepped asked = stepper(field.name.c_str(), text, control_width());
  if (asked.direction != 0) {
    if (number == nullptr)
      value = fallback;
    else if (field.optional && asked.direction < 0 && field.min && *number <= *field.min)
      value = nullptr;
    else
      value = stepped(field, *number, asked.direction);
    return true;
  }
  if (!asked.edited) return false;
  if (field.optional && (asked.edited->empty() || *asked.edited == "auto")) {
    value = nullptr;
    return true;
  }
  const std::optional<double> typed = entered(field, *asked.edited);
  if (!typed || (number != nullptr && *typed == *number)) return false;
  value = *typed;
  return true;
}

/// Two integers that are usually equal: one stepper changes both; typing "3 x 1" sets each.
bool draw_size2(const Field& field, Json& value) {
  const auto part = [&](std::size_t i) {
    const Json::Array* list = value.elements();
    if (list != nullptr && i < list->size() && (*list)[i].number() != nullptr) return *(*list)[i].number();
    return value.number() != nullptr ? *value.number() : std::nan("");
  };
  const double height = part(0), width = part(1);
  const bool set = std::isfinite(height) && std::isfinite(width);
  const std::string text = set ? value_text(field, height) + " × " + value_text(field, width) : "auto";
  const Stepped asked = stepper(field.name.c_str(), text, control_width());
  const auto assign = [&](double h, double w) {
    value = Json::array({clamped(field, h), clamped(field, w)});
    return true;
  };
  if (asked.direction != 0) {
    if (!set) return assign(field.min.value_or(1), field.min.value_or(1));
    if (field.optional && asked.direction < 0 && height <= field.min.value_or(1)) {
      value = nullptr;
      return true;
    }
    return assign(height + asked.direction, width + asked.direction);
  }
  if (!asked.edited || *asked.edited == text) return false;
  char* rest = nullptr;
  const double first = std::strtod(asked.edited->c_str(), &rest);
  if (rest == asked.edited->c_str()) {
    if (!field.optional) return false;
    value = nullptr;
    return true;
  }
  while (*rest != 0 && (*rest < '0' || *rest > '9')) ++rest;
  const double second = *rest != 0 ? std::strtod(rest, nullptr) : first;
  return assign(std::round(first), std::round(second));
}

bool draw_choice(const Field& field, Json& value) {
  bool changed = false;
  const std::string now = value.string() != nullptr    ? *value.string()
                          : value.members() != nullptr ? "custom"
                                                       : "auto";
  if (begin_choice(field.name.c_str(), now, control_width())) {
    if (field.optional && ImGui::Selectable("auto", value.is_null())) {
      changed = !value.is_null();
      value = nullptr;
    }
    for (const std::string& choice : field.choices) {
      if (ImGui::Selectable(choice.c_str(), choice == now)) {
        changed = choice != now;
        value = choice;
      }
      WidgetRects::mark(field.name + "/" + choice);
    }
    ImGui::EndCombo();
  }
  return changed;
}

bool draw_flag(const Field& field, Json& value) {
  bool on = value.boolean() != nullptr && *value.boolean();
  const float right = right_edge() - 1.9f * em();
  ImGui::SetCursorPosX(right);
  if (!toggle(field.name.c_str(), "", on)) return false;
  value = on;
  return true;
}

bool draw_text(const Field& field, Json& value) {
  char buffer[96] = {};
  if (value.string() != nullptr) value.string()->copy(buffer, sizeof buffer - 1);
  ImGui::SetNextItemWidth(control_width());
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0.65f * em(), (control_height() - em()) / 2));
  ImGui::InputText("##text", buffer, sizeof buffer);
  ImGui::PopStyleVar();
  WidgetRects::mark(field.name);
  if (!ImGui::IsItemDeactivatedAfterEdit()) return false;
  value = std::string(buffer);
  return true;
}

}  // namespace

bool draw_field(const char* id, const Field& field, Json& value) {
  if (field.type == "fixed" || field.type == "shape") return false;
  ImGui::PushID(id);
  label(field);
  bool changed = false;
  if (field.type == "bool")
    changed = draw_flag(field, value);
  else if (field.type == "choice")
    changed = draw_choice(field, value);
  else if (field.type == "size2")
    changed = draw_size2(field, value);
  else if (field.type == "int" || field.type == "float")
    changed = draw_number(field, value);
  else if (field.type == "string")
    changed = draw_text(field, value);
  else {
    ImGui::AlignTextToFramePadding();
    muted(fitted(value.dump(), control_width()));
  }
  ImGui::PopID();
  return changed;
}

bool draw_form(const char* id, const std::vector<Field>& fields, Json& object,
               const std::vector<std::string>& without) {
  bool changed = false;
  ImGui::PushID(id);
  for (const Field& field : fields) {
    if (std::find(without.begin(), without.end(), field.name) != without.end()) continue;
    Json value = value_or_default(field, object);
    if (!draw_field(field.name.c_str(), field, value)) continue;
    object[field.name] = std::move(value);
    changed = true;
  }
  ImGui::PopID();
  return changed;
}

}  // namespace playground
