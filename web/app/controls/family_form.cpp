#include "web/app/controls/family_form.h"

#include <algorithm>

#include "web/app/controls/cards.h"
#include "web/app/controls/form.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/fields.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

std::string class_of(const Json& value) {
  return value.string() != nullptr ? *value.string() : text_in(value, "class_name");
}

const Type* find_type(const std::vector<Type>& types, std::string_view class_name) {
  for (const Type& type : types)
    if (type.class_name == class_name) return &type;
  return nullptr;
}

/// "ReduceLROnPlateau" as "Reduce LR On Plateau", for a label.
std::string words_of(std::string_view class_name) {
  std::string words;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const auto upper = [&](std::size_t at) {
      return at < class_name.size() && class_name[at] >= 'A' && class_name[at] <= 'Z';
    };
    const bool starts = i > 0 && upper(i) && (!upper(i - 1) || (i + 1 < class_name.size() && !upper(i + 1)));
    if (starts) words += ' ';
    words += class_name[i];
  }
  return words;
}

std::vector<std::string> names_of(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

}  // namespace

const std::vector<Type>* family_of(const Field& field, const Catalog& catalog) {
  if (field.type != "choice" || field.choices.empty()) return nullptr;
  for (const std::vector<Type>* family : {&catalog.optimizers, &catalog.schedules, &catalog.losses}) {
    const bool all = std::all_of(field.choices.begin(), field.choices.end(), [&](const std::string& name) {
      return find_type(*family, name) != nullptr;
    });
    if (all) return family;
  }
  return nullptr;
}

const Type* chosen_type(const Field& field, const Json& fit, const std::vector<Type>& family) {
  return find_type(family, class_of(value_or_default(field, fit)));
}

bool draw_family(const Field& field, const std::vector<Type>& family, Json& value,
                 const std::vector<Field>& elsewhere) {
  Json name = class_of(value);
  bool changed = draw_field(field.name.c_str(), field, name);
  if (changed) value = name;  // another type starts with its own defaults
  const Type* type = find_type(family, class_of(value));
  if (type == nullptr) return changed;
  if (Json needed = needed_settings(type->fields); changed && !needed.members()->empty()) {
    value = Json::object();
    value["class_name"] = type->class_name;
    value["config"] = std::move(needed);
  }
  ImGui::PushID(field.name.c_str());
  const std::vector<std::string> own = names_of(elsewhere);
  const bool any = std::any_of(type->fields.begin(), type->fields.end(), [&](const Field& f) {
    return std::find(own.begin(), own.end(), f.name) == own.end();
  });
  const ImGuiID open_id = ImGui::GetID("open");
  bool open = ImGui::GetStateStorage()->GetBool(open_id);
  if (any) {
    const std::string settings = type->class_name + " settings";
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() - outdent());
    if (button((field.name + "/settings").c_str(), settings.c_str(),
               {.kind = Kind::quiet,
                .icon = open ? Icon::chevron_down : Icon::chevron_right,
                .help = type->help.c_str()})) {
      open = !open;
      ImGui::GetStateStorage()->SetBool(open_id, open);
    }
  }
  if (any && open) {
    Json config = value.find("config") != nullptr ? *value.find("config") : Json::object();
    if (draw_form("settings", type->fields, config, own)) {
      Json member = Json::object();
      member["class_name"] = type->class_name;
      member["config"] = std::move(config);
      value = std::move(member);
      changed = true;
    }
  }
  ImGui::PopID();
  return changed;
}

bool draw_members(const char* id, const std::vector<Type>& types, Json& list) {
  if (list.elements() == nullptr) list = Json::array();
  bool changed = false;
  ImGui::PushID(id);
  for (const Type& type : types) {
    Json::Array& members = *list.elements();
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Json& member) { return class_of(member) == type.class_name; });
    bool on = found != members.end();
    if (toggle(type.class_name.c_str(), words_of(type.class_name).c_str(), on)) {
      changed = true;
      Json member;
      member["class_name"] = type.class_name;
      member["config"] = needed_settings(type.fields);
      if (!on) {
        members.erase(found);
      } else {
        // Members are applied in the order of the list, which is that of the types.
        const auto place = std::find_if(members.begin(), members.end(), [&](const Json& other) {
          const Type* there = find_type(types, class_of(other));
          return there != nullptr && there > &type;
        });
        members.insert(place, std::move(member));
      }
      continue;
    }
    tooltip(type.help);
    if (!on) continue;
    ImGui::Indent(em());
    changed |= draw_form(type.class_name.c_str(), type.fields, (*found)["config"]);
    ImGui::Unindent(em());
  }
  ImGui::PopID();
  return changed;
}

}  // namespace playground
