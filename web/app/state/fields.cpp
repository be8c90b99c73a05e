#include "web/app/state/fields.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "web/app/state/format.h"

namespace playground {
namespace {

/// A share such as a dropout rate: bounded by 1 and not tiny by default.
bool is_share(const Field& field) {
  const double* standard = field.standard.number();
  return field.max && *field.max <= 1 && (!field.min || *field.min >= 0) &&
         (standard == nullptr || *standard == 0 || *standard >= 0.05);
}

/// A choice such as {"class_name":"SGD","config":{...}} without the settings that are its defaults; its name
/// alone if no other is left.
Json shortest_choice(const Json& choice, const Catalog& catalog) {
  const Json *name = choice.find("class_name"), *config = choice.find("config");
  if (name == nullptr || name->string() == nullptr) return choice;
  Json settings = config != nullptr && config->members() != nullptr ? *config : Json::object();
  for (const std::vector<Type>* family : {&catalog.optimizers, &catalog.schedules, &catalog.losses})
    for (const Type& type : *family)
      if (type.class_name == *name->string())
        for (const Field& field : type.fields)
          if (const Json* value = settings.find(field.name); value != nullptr && *value == field.standard)
            settings.erase(field.name);
  if (settings.members()->empty()) return *name;
  return Json::object({{"class_name", *name}, {"config", std::move(settings)}});
}

/// 0.0005 and not 0.0005000000000000001.
double rounded(double value) { return std::strtod(short_number(value, 6).c_str(), nullptr); }

}  // namespace

bool is_whole(const Field& field) { return field.type == "int" || field.type == "size2"; }

const Json& value_or_default(const Field& field, const Json& object) {
  const Json* member = object.find(field.name);
  return member != nullptr ? *member : field.standard;
}

Json form_of(const Json& options, const Catalog& catalog) {
  Json form = Json::object();
  for (const Field& field : catalog.fit_fields) {
    const Json* value = options.find(field.name);
    if (value == nullptr) continue;
    Json shown = field.type == "choice" ? shortest_choice(*value, catalog) : *value;
    if (!(shown == shortest_choice(field.standard, catalog))) form[field.name] = std::move(shown);
  }
  for (const char* list : {"augmentation", "callbacks", "parameter_groups"})
    if (const Json* members = options.find(list))
      if (members->elements() != nullptr && !members->elements()->empty()) form[list] = *members;
  return form;
}

std::string spoken(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string subject_of(std::string_view refusal, const std::vector<Field>& fields) {
  std::string text(refusal.substr(refusal.starts_with("fit: ") ? 5 : 0));
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  std::string best;  // the longest: not "loss" of "loss scale"
  for (const Field& field : fields)
    for (const std::string& name : {field.name, spoken(field.name)})
      if (text.starts_with(name + " ") && field.name.size() > best.size()) best = field.name;
  return best;
}

double clamped(const Field& field, double value) {
  if (field.min) value = std::max(value, *field.min);
  if (field.max) value = std::min(value, *field.max);
  return value;
}

double stepped(const Field& field, double value, int direction) {
  if (is_whole(field)) return clamped(field, value + direction);
  if (field.step) {  // 9.9 goes to 10 and to 9
    const double steps = value / *field.step;
    return clamped(
        field, *field.step * (direction > 0 ? std::floor(steps + 1e-9) + 1 : std::ceil(steps - 1e-9) - 1));
  }
  if (is_share(field)) return clamped(field, std::round((value + 0.05 * direction) * 20) / 20);
  if (value <= 0) return direction > 0 ? clamped(field, 1e-4) : clamped(field, 0);
  const double power = std::pow(10, std::floor(std::log10(value) + 1e-9)), digit = value / power;
  constexpr double kDigits[] = {0.5, 1, 2, 5, 10};
  if (direction > 0) {
    for (const double next : kDigits)
      if (next > digit * (1 + 1e-6)) return clamped(field, rounded(next * power));
  } else {
    for (auto next = std::rbegin(kDigits); next != std::rend(kDigits); ++next)
      if (*next < digit * (1 - 1e-6)) return clamped(field, rounded(*next * power));
  }
  return value;
}

std::string value_text(const Field& field, double value) {
  return is_whole(field) ? count_text(value) : short_number(value, 6);
}

std::string empty_text(const Field& field) { return field.empty.empty() ? "auto" : field.empty; }

Json needed_settings(const std::vector<Field>& fields) {
  Json settings = Json::object();
  for (const Field& field : fields)
    if (!field.begins.is_null())
      settings[field.name] = field.begins;
    else if (field.required)
      settings[field.name] = field.standard;
  return settings;
}

}  // namespace playground
