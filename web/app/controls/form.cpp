#include "web/app/controls/form.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/fields.h"
#include "web/app/state/typed.h"

namespace playground {
namespace {

constexpr float kControlWidth = 9.2f, kLeastLabel = 4.5f;  // em
float control_width() { return kControlWidth * em(); }

/// What is wrong with a value: what would do, and all of it.
struct Fault {
  std::string brief, whole;
};

/// Of a text that the field did not accept, or of a value that the trainer refused:
/// its sentences end with what would do.
std::optional<Fault> fault_of(const Json& value, const std::string& refusal) {
  if (const std::optional<Rejected> wrong = rejected(value)) return Fault{wrong->accepts, complaint(*wrong)};
  if (refusal.empty()) return {};
  const std::size_t end = refusal.rfind("; ");
  return Fault{end == refusal.npos ? "not accepted" : refusal.substr(end + 2), refusal};
}

/// The name; above what the field accepts if something is wrong. On one line's height,
/// so that nothing below moves.
void label(const Field& field, const std::optional<Fault>& fault) {
  const ImVec2 at = ImGui::GetCursorPos();
  const float room = ImGui::GetContentRegionAvail().x;
  const bool above = room < (kControlWidth + kLeastLabel) * em();  // not beside the control
  const float width = above ? room : room - control_width() - 0.5f * em(),
              right = above ? at.x : right_edge() - control_width(), middle = at.y + control_height() / 2;
  if (fault) {
    push_size(0.85f);
    ImGui::SetCursorPosY(middle - em());
    muted(fitted(spoken(field.name), width));
    WidgetRects::mark("label/" + field.name, spoken(field.name));
    ImGui::SetCursorPos(ImVec2(at.x, middle));
    ImGui::PushStyleColor(ImGuiCol_Text, palette().wrong);
    ImGui::TextUnformatted(fitted(fault->brief, width).c_str());
    ImGui::PopStyleColor();
    WidgetRects::mark(field.name + "/accepts", fault->brief);
    tooltip(fault->whole + "\n" + field.help);
    pop_font();
  } else {
    ImGui::SetCursorPosY(middle - em() / 2);
    muted(fitted(spoken(field.name), width));
    WidgetRects::mark("label/" + field.name, spoken(field.name));
    tooltip(field.help);
  }
  ImGui::SetCursorPos(ImVec2(right, above ? at.y + control_height() : at.y));
}

Keyboard keyboard_for(const Field& field) {
  if (field.type == "size2" || !field.min || *field.min < 0 || field.optional) return Keyboard::text;
  return field.type == "int" ? Keyboard::numeric : Keyboard::decimal;
}

/// The stepper of a number field; `shown` is the value's text.
Stepped number_stepper(const Field& field, const std::optional<Rejected>& wrong, bool refused,
                       const std::string& shown) {
  return stepper(field.name.c_str(), wrong ? wrong->typed : shown, control_width(),
                 {.wrong = wrong.has_value() || refused, .keyboard = keyboard_for(field)});
}

bool draw_number(const Field& field, Json& value, bool refused) {
  const std::optional<Rejected> wrong = rejected(value);
  const double* number = value.number();
  const double fallback =
      field.standard.number() != nullptr ? *field.standard.number() : field.min.value_or(1);
  const Stepped asked = number_stepper(field, wrong, refused,
                                       number != nullptr ? value_text(field, *number) : empty_text(field));
  if (asked.direction != 0) {
    if (number == nullptr) {
      const std::optional<double> typed =
          wrong ? number_from(wrong->typed, field.type == "int") : std::nullopt;
      value = clamped(field, typed.value_or(fallback));  // to the nearest value that is accepted
    } else if (field.optional && asked.direction < 0 && field.min && *number <= *field.min) {
      value = nullptr;
    } else {
      value = stepped(field, *number, asked.direction);
    }
    return true;
  }
  if (!asked.edited) return false;
  Json typed = value_from(field, *asked.edited);
  if (typed == value) return false;
  value = std::move(typed);
  return true;
}

/// Two integers that are usually equal: one stepper changes both; typing "3 x 1" sets each.
bool draw_size2(const Field& field, Json& value, bool refused) {
  const auto part = [&](std::size_t i) {
    const Json::Array* list = value.elements();
    if (list != nullptr && i < list->size() && (*list)[i].number() != nullptr) return *(*list)[i].number();
    return value.number() != nullptr ? *value.number() : std::nan("");
  };
  const double height = part(0), width = part(1);
  const bool set = std::isfinite(height) && std::isfinite(width);
  const std::string text =
      set ? value_text(field, height) + " × " + value_text(field, width) : empty_text(field);
  const Stepped asked = number_stepper(field, rejected(value), refused, text);
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
  Json typed = pair_from(field, *asked.edited);
  if (typed == value) return false;
  value = std::move(typed);
  return true;
}

bool draw_choice(const Field& field, Json& value) {
  bool changed = false;
  const std::string now = value.string() != nullptr    ? *value.string()
                          : value.members() != nullptr ? "custom"
                                                       : empty_text(field);
  if (begin_choice(field.name.c_str(), now, control_width())) {
    if (field.optional &&
        menu_entry((field.name + "/").c_str(), empty_text(field).c_str(), value.is_null())) {
      changed = !value.is_null();
      value = nullptr;
    }
    for (const std::string& choice : field.choices) {
      if (menu_entry((field.name + "/" + choice).c_str(), choice.c_str(), choice == now)) {
        changed = choice != now;
        value = choice;
      }
    }
    ImGui::EndCombo();
  }
  return changed;
}

bool draw_flag(const Field& field, Json& value) {
  bool on = value.boolean() != nullptr && *value.boolean();
  if (!toggle(field.name.c_str(), "", on, fitting_width(control_width()))) return false;
  value = on;
  return true;
}

bool draw_text(const Field& field, Json& value) {
  char buffer[96] = {};
  if (value.string() != nullptr) value.string()->copy(buffer, sizeof buffer - 1);
  text_field(field.name.c_str(), buffer, sizeof buffer, control_width());
  if (!ImGui::IsItemDeactivatedAfterEdit() || value == Json(std::string(buffer))) return false;
  value = std::string(buffer);
  return true;
}

}  // namespace

bool draw_field(const char* id, const Field& field, Json& value, const std::string& refusal) {
  if (field.type == "fixed" || field.type == "shape") return false;
  ImGui::PushID(id);
  label(field, fault_of(value, refusal));
  const bool refused = !refusal.empty();
  bool changed = false;
  if (field.type == "bool")
    changed = draw_flag(field, value);
  else if (field.type == "choice")
    changed = draw_choice(field, value);
  else if (field.type == "size2")
    changed = draw_size2(field, value, refused);
  else if (field.type == "int" || field.type == "float")
    changed = draw_number(field, value, refused);
  else if (field.type == "string")
    changed = draw_text(field, value);
  else {
    align_with_controls();
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
