#include "web/protocol_table.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace playground {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

constexpr double kMostInt = 2147483647.0, kMostInt64 = 9007199254740992.0;
constexpr std::size_t kMostShown = 80;  // characters of a wrong value in a message

const Json& nothing() {
  static const Json none = Json::object();
  return none;
}

/// Nothing if it is missing or null.
const Json* given(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value && !value->is_null() ? value : nullptr;
}

const double* number_in(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value ? value->number() : nullptr;
}

std::string shown(const Json* value) {
  if (!value || value->is_null()) return "missing";
  std::string text = value->dump();
  return text.size() > kMostShown ? std::string(value->kind()) : text;
}

std::string bound(double value) { return value == kMostInt64 ? "2^53" : cnn::to_text(value); }

/// "a whole number of at least 1"
std::string range_of(std::string_view kind, const Json& field, double least, double most) {
  const double* min = number_in(field, "min");
  const double* max = number_in(field, "max");
  std::string text(kind);
  if (max || (min && most == kMostInt64)) {
    return text + " from " + bound(min ? *min : least) + " to " + bound(max ? *max : most);
  }
  return min ? text + " of at least " + bound(*min) : text;
}

std::string list_of(const Json& choices) {
  std::string list;
  for (const Json& choice : *choices.elements())
    list += (list.empty() ? "\"" : ", \"") + *choice.string() + "\"";
  return list;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view word_in(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value && value->string() ? std::string_view(*value->string()) : std::string_view();
}

/// Where a value is: "inspect: image.index". code: of a misfit.
struct ProtocolTable::Place {
  std::string_view subject;
  std::string path;
  std::string_view code = "bad_argument";

  Place inside(std::string_view name) const {
    return {subject, path.empty() ? std::string(name) : path + "." + std::string(name), code};
  }
  Error expected(const Json* value, const std::string& what) const {
    const std::string name = path.empty() ? "it" : path;
    return Error{std::string(code),
                 std::string(subject) + ": " + name + " is " + shown(value) + "; expected " + what + ".",
                 {}};
  }
};

ProtocolTable::ProtocolTable(std::string_view json) {
  Result<Json> parsed = cnn::parse_json(json);
  assert(parsed);  // a test reads it, too
  if (parsed) table_ = std::move(*parsed);
}

const ProtocolTable& ProtocolTable::of_this_build() {
  static const ProtocolTable table(kProtocolJson);
  return table;
}

const Json* ProtocolTable::find(std::string_view section, std::string_view name) const {
  const Json* entries = table_.find(section);
  return entries ? entries->find(name) : nullptr;
}

Result<void> ProtocolTable::check_args(std::string_view subject, const Json& entry, Json& args) const {
  if (args.is_null()) args = Json::object();
  const Json* declared = entry.find("args");
  const Place place{subject, ""};
  if (declared && declared->string()) return check_named(place, *declared->string(), args);
  return check_object(place, entry, args);
}

Result<void> ProtocolTable::check_reply(std::string_view subject, const Json& entry, Json args) const {
  const Json* declared = entry.find("reply");
  if (const Json* kinds = entry.find("kinds")) {
    const Json* kind = kinds->find(word_in(args, word_in(entry, "by")));
    declared = kind ? kind->find("reply") : nullptr;
  }
  const Place place{subject, ""};
  if (!declared) return Error{"bad_message", std::string(subject) + ": no such reply.", {}};
  if (declared->string()) return check_either(place, *declared->string(), nothing(), args);
  return check_object(place, *declared, args);
}

Result<void> ProtocolTable::check_payloads(std::string_view subject, const Json& entry, std::string_view role,
                                           const Json& args, std::size_t count) const {
  const Json* declared = entry.find(role);
  const Json& rule = declared ? *declared : nothing();
  const double* exact = number_in(rule, "count");
  const double* min = number_in(rule, "min");
  const double* max = number_in(rule, "max");
  double least = exact ? *exact : min ? *min : 0, most = exact ? *exact : max ? *max : 0;
  if (const std::string_view each = word_in(rule, "each"); !each.empty()) {
    const Json* list = given(args, each);
    least = most = list && list->elements() ? static_cast<double>(list->elements()->size()) : 0;
    if (role == "payloads" && most == 0) least = most = 1;
  }
  const auto n = static_cast<double>(count);
  if (n >= least && n <= most) return {};
  const std::string_view code = word_in(rule, "otherwise");
  std::string wanted = cnn::to_text(least);
  if (most != least) wanted += " to " + cnn::to_text(most);
  if (most > 0) wanted += ": " + std::string(word_in(rule, "help"));
  return Error{code.empty() ? "bad_argument" : std::string(code),
               std::string(subject) + ": " + std::to_string(count) + " payloads; expected " + wanted + ".",
               {}};
}

const Json* ProtocolTable::field_of(const Json& declared, std::string_view name) const {
  for (const char* list : {"args", "fields"}) {
    const Json* fields = declared.find(list);
    if (const Json* field = fields ? fields->find(name) : nullptr) return field;
  }
  const Json* base = find("types", word_in(declared, "extends"));
  return base ? field_of(*base, name) : nullptr;
}

bool ProtocolTable::takes_more(const Json& declared) const {
  if (!word_in(declared, "more").empty()) return true;
  const Json* base = find("types", word_in(declared, "extends"));
  return base && takes_more(*base);
}

std::string ProtocolTable::names_of(const Json& declared) const {
  std::string names;
  if (const Json* base = find("types", word_in(declared, "extends"))) names = names_of(*base);
  for (const char* list : {"args", "fields"}) {
    const Json* fields = declared.find(list);
    if (!fields || !fields->members()) continue;
    for (const auto& [name, field] : *fields->members()) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

Result<void> ProtocolTable::check_object(const Place& place, const Json& declared, Json& value) const {
  if (!value.members()) return place.expected(&value, "an object");
  for (const auto& [name, member] : *value.members()) {
    if (field_of(declared, name) || takes_more(declared)) continue;
    const std::string names = names_of(declared);
    return Error{std::string(place.code),
                 std::string(place.subject) + ": there is no " +
                     place.inside(name.substr(0, kMostShown)).path + "; expected " +
                     (names.empty() ? "no arguments" : "only " + names) + ".",
                 {}};
  }
  if (const Json* base = find("types", word_in(declared, "extends"))) {
    // The base's own fields; the names were checked above.
    Json part = Json::object();
    for (const auto& [name, member] : *value.members())
      if (field_of(*base, name)) part[name] = member;
    if (auto fits = check_object(place, *base, part); !fits) return fits;
  }
  for (const char* list : {"args", "fields"}) {
    const Json* fields = declared.find(list);
    if (!fields || !fields->members()) continue;
    for (const auto& [name, field] : *fields->members()) {
      const Json* nullable = field.find("type");
      const bool may_be_null =
          nullable && nullable->string() && nullable->string()->find("null") != std::string::npos;
      Json* member = value.find(name);
      if (member && (may_be_null || !member->is_null())) {
        if (auto fits = check_field(place.inside(name), field, *member); !fits) return fits;
        continue;
      }
      if (const Json* standard = field.find("default")) {
        value[name] = *standard;
        continue;
      }
      const Json* optional = field.find("optional");
      if (optional && optional->boolean() && *optional->boolean()) continue;
      if (word_in(field, "type") == "any" && member) continue;
      Json missing;
      if (auto fits = check_field(place.inside(name), field, missing); !fits) return fits;
    }
  }
  return {};
}

Result<void> ProtocolTable::check_field(const Place& place, const Json& field, Json& value) const {
  Place here = place;
  if (const std::string_view code = word_in(field, "otherwise"); !code.empty()) here.code = code;
  return check_either(here, word_in(field, "type"), field, value);
}

Result<void> ProtocolTable::check_either(const Place& place, std::string_view types, const Json& field,
                                         Json& value) const {
  Result<void> last{};
  for (std::size_t at = 0; at <= types.size();) {
    const std::size_t end = std::min(types.find('|', at), types.size());
    last = check_type(place, trimmed(types.substr(at, end - at)), field, value);
    if (last) return last;
    at = end + 1;
  }
  if (types.find('|') == std::string_view::npos) return last;
  return place.expected(&value, std::string(types) + " (" + last.error().message + ")");
}

Result<void> ProtocolTable::check_type(const Place& place, std::string_view type, const Json& field,
                                       Json& value) const {
  if (!type.empty() && type.back() == ']') return check_elements(place, type, field, value);
  if (type == "any")
    return value.is_null() ? Result<void>(place.expected(nullptr, "a value")) : Result<void>{};
  if (type == "null") return value.is_null() ? Result<void>{} : place.expected(&value, "null");
  if (type == "bool") return value.boolean() ? Result<void>{} : place.expected(&value, "true or false");
  if (type == "object") return value.members() ? Result<void>{} : place.expected(&value, "an object");
  if (type == "string") {
    const Json* choices = field.find("choices");
    if (!value.string()) return place.expected(&value, choices ? "one of " + list_of(*choices) : "a string");
    if (!choices) return {};
    const Json::Array& list = *choices->elements();
    if (std::find(list.begin(), list.end(), value) != list.end()) return {};
    return place.expected(&value, "one of " + list_of(*choices));
  }
  const bool whole = type == "int" || type == "int64";
  if (!whole && type != "number") return check_named(place, type, value);
  const double most = type == "int" ? kMostInt : whole ? kMostInt64 : HUGE_VAL;
  const double* number = value.number();
  const double* min = number_in(field, "min");
  const double* max = number_in(field, "max");
  if (number && std::isfinite(*number) && (!whole || *number == std::floor(*number)) &&
      *number >= (min ? *min : -most) && *number <= (max ? *max : most))
    return {};
  return place.expected(&value, range_of(whole ? "a whole number" : "a number", field, -most, most));
}

Result<void> ProtocolTable::check_elements(const Place& place, std::string_view type, const Json& field,
                                           Json& value) const {
  const std::size_t open = type.rfind('[');
  const std::string_view length = type.substr(open + 1, type.size() - open - 2);
  const std::string_view of = type.substr(0, open);
  const std::string several = of == "string"                 ? "strings"
                              : of == "int" || of == "int64" ? "whole numbers"
                              : of == "number"               ? "numbers"
                                                             : "values";
  Json::Array* elements = value.elements();
  if (!elements) return place.expected(&value, "a list of " + several);
  const double* most = number_in(field, "max_items");
  if (most && static_cast<double>(elements->size()) > *most) {
    return Error{std::string(place.code),
                 std::string(place.subject) + ": " + place.path + " has " + std::to_string(elements->size()) +
                     " entries; expected at most " + cnn::to_text(*most) + ".",
                 {}};
  }
  if (!length.empty() && std::to_string(elements->size()) != length)
    return place.expected(&value, "a list of " + std::string(length) + " " + several);
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const Place element{place.subject, place.path + "[" + std::to_string(i) + "]", place.code};
    if (auto fits = check_type(element, of, field, (*elements)[i]); !fits) return fits;
  }
  return {};
}

Result<void> ProtocolTable::check_named(const Place& place, std::string_view type, Json& value) const {
  const Json* declared = find("types", type);
  if (!declared) return Error{"bad_message", "The table has no type \"" + std::string(type) + "\".", {}};
  const Json* tuple = declared->find("tuple");
  if (!tuple) return check_object(place, *declared, value);
  Json::Array* elements = value.elements();
  const Json::Array& types = *tuple->elements();
  if (!elements || elements->size() != types.size())
    return place.expected(&value, "a list of " + std::to_string(types.size()));
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Place element{place.subject, place.path + "[" + std::to_string(i) + "]", place.code};
    if (auto fits = check_type(element, *types[i].string(), nothing(), (*elements)[i]); !fits) return fits;
  }
  return {};
}

}  // namespace playground
