#include "web/app/state/share.h"

#include <algorithm>
#include <cctype>

#include "web/app/state/fields.h"
#include "web/app/state/link_source.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

using cnn::Error;
using cnn::Result;

constexpr std::size_t kLongest = 64 * 1024;  // bytes; a link, not a file
constexpr std::string_view kHex = "0123456789ABCDEF";

bool plain_in_address(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-._~'()*!,:;@/[]{}").find(c) != std::string_view::npos;
}

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (plain_in_address(c)) {
      result += c;
      continue;
    }
    result += '%';
    result += kHex[static_cast<unsigned char>(c) >> 4];
    result += kHex[static_cast<unsigned char>(c) & 15];
  }
  return result;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  const auto digit = [](char c) {
    return kHex.find(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) != kHex.npos &&
        digit(text[i + 2]) != kHex.npos) {
      result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

/// Swaps single and double quotes, also those inside strings; its own inverse.
std::string swap_quotes(std::string text) {
  for (char& c : text)
    if (c == '"')
      c = '\'';
    else if (c == '\'')
      c = '"';
  return text;
}

std::string json_to_address(const Json& json) { return percent_encoded(swap_quotes(json.dump())); }
Result<Json> json_from_address(std::string_view text) {
  return cnn::parse_json(swap_quotes(std::string(text)));
}

/// Leaves out settings of layers that are the defaults.
Json without_defaults(Json config, const Catalog& catalog) {
  Json* inner = config.find("config");
  Json* list = inner != nullptr ? inner->find("layers") : nullptr;
  if (list == nullptr || list->elements() == nullptr) return config;
  for (Json& layer : *list->elements()) {
    const auto type = std::find_if(catalog.layers.begin(), catalog.layers.end(), [&](const Type& t) {
      return t.class_name == text_in(layer, "class_name");
    });
    Json* settings = layer.find("config");
    if (type == catalog.layers.end() || settings == nullptr) continue;
    for (const Field& field : type->fields) {
      const Json* value = settings->find(field.name);
      // A fixed field has only one valid value. A required one must be present, even with its default.
      const bool idle = field.type == "fixed" || (value != nullptr && *value == field.standard);
      if (value != nullptr && idle && !field.required && field.type != "shape") settings->erase(field.name);
    }
    if (flag_in(*settings, "trainable")) settings->erase("trainable");
  }
  return config;
}

bool right_kind(const Field& field, const Json& value) {
  if (value.is_null()) return field.optional;
  if (field.type == "int" || field.type == "float") {
    const double* number = value.number();
    return number != nullptr && (!field.min || *number >= *field.min) &&
           (!field.max || *number <= *field.max);
  }
  if (field.type == "bool") return value.boolean() != nullptr;
  if (field.type == "choice") {
    const std::string name = value.string() != nullptr ? *value.string() : text_in(value, "class_name");
    return field.choices.empty() ||
           std::find(field.choices.begin(), field.choices.end(), name) != field.choices.end();
  }
  return true;
}

std::string expected(const Field& field) {
  if (field.type == "choice") {
    std::string words = "one of";
    for (const std::string& choice : field.choices) words += " " + choice;
    return words;
  }
  std::string words = field.type == "bool" ? "true or false" : "a number";
  if (field.min) words += " from " + value_text(field, *field.min);
  if (field.max) words += " to " + value_text(field, *field.max);
  return words;
}

Result<void> check_fit(const Json& fit, const Catalog& catalog) {
  if (fit.members() == nullptr)
    return Error{
        "bad_link",
        "The link's \"fit\" is " + std::string(fit.kind()) + "; expected settings like {'batch_size':32}.",
        {}};
  for (const auto& [key, value] : *fit.members()) {
    if (key == "augmentation" || key == "callbacks" || key == "parameter_groups") {
      if (value.elements() == nullptr) return Error{"bad_link", "The link's " + key + " must be a list.", {}};
      continue;
    }
    const auto field = std::find_if(catalog.fit_fields.begin(), catalog.fit_fields.end(),
                                    [&key = key](const Field& f) { return f.name == key; });
    if (field == catalog.fit_fields.end())
      return Error{"bad_link", "The link sets \"" + key + "\", which this playground does not know.", {}};
    if (!right_kind(*field, value))
      return Error{
          "bad_link",
          "The link sets " + spoken(key) + " to " + value.dump() + "; expected " + expected(*field) + ".",
          {}};
  }
  return {};
}

const Preset* find_preset(const Catalog& catalog, const std::string& name) {
  for (const Preset& preset : catalog.presets)
    if (preset.name == name) return &preset;
  return nullptr;
}

}  // namespace

std::string share_hash(const Shared& shared, const Catalog& catalog) {
  std::string hash = "v=1";
  if (const std::string* word = shared.data.string())
    hash += "&data=" + percent_encoded(*word);
  else if (!shared.data.is_null())
    hash += "&data=" + json_to_address(shared.data);
  if (!shared.preset.empty())
    hash += "&preset=" + percent_encoded(shared.preset);
  else if (!shared.config.is_null())
    hash += "&model=" + json_to_address(without_defaults(shared.config, catalog));
  Json fit = shared.fit;
  fit.erase("threads");  // belongs to this machine, not to the run
  const Preset* preset = find_preset(catalog, shared.preset);
  if (fit.members() != nullptr && !(fit == (preset != nullptr ? preset->fit : Json::object())))
    hash += "&fit=" + json_to_address(fit);
  return hash;
}

Result<Shared> parse_hash(std::string_view hash) {
  if (!hash.empty() && hash[0] == '#') hash.remove_prefix(1);
  if (hash.size() > kLongest)
    return Error{"bad_link", "The link is longer than any that this playground creates.", {}};
  Shared shared;
  std::string version;
  while (!hash.empty()) {
    const std::size_t end = std::min(hash.find('&'), hash.size());
    const std::string_view pair = hash.substr(0, end);
    hash.remove_prefix(std::min(end + 1, hash.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view key = pair.substr(0, equals);
    const std::string value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (key == "v")
      version = value;
    else if (key == "data" && !value.starts_with('{'))
      shared.data = Json(value);
    else if (key == "preset")
      shared.preset = value;
    else if (key == "learn")
      shared.learn = value;
    else if (key == "model" || key == "fit" || key == "data") {
      Result<Json> json = json_from_address(value);
      if (!json)
        return Error{"bad_link",
                     "The link's \"" + std::string(key) + "\" cannot be read: " + json.error().message,
                     {}};
      (key == "model" ? shared.config : key == "fit" ? shared.fit : shared.data) = std::move(*json);
      shared.has_fit = shared.has_fit || key == "fit";
    } else if (!pair.empty()) {
      return Error{"bad_link",
                   "The link contains \"" + std::string(key.substr(0, 40)) +
                       "\", which this playground does not know.",
                   {}};
    }
  }
  const bool chapter_alone = !shared.learn.empty() && shared.data.is_null() && shared.preset.empty() &&
                             shared.config.is_null() && shared.fit == Json::object();
  if (version.empty() && chapter_alone) return shared;
  if (version != "1")
    return Error{"bad_link",
                 version.empty()
                     ? "The link has no version; it must begin with #v=1."
                     : "The link has version " + version.substr(0, 20) + "; this playground reads version 1.",
                 {}};
  return shared;
}

Result<Shared> read_hash(std::string_view hash, const Catalog& catalog) {
  Result<Shared> parsed = parse_hash(hash);
  if (!parsed) return parsed;
  Shared& shared = *parsed;
  const Preset* preset = find_preset(catalog, shared.preset);
  if (!shared.preset.empty() && preset == nullptr)
    return Error{"bad_link",
                 "The link names the network \"" + shared.preset.substr(0, 40) +
                     "\", which this playground does not have.",
                 {}};
  if (preset != nullptr && !shared.has_fit) shared.fit = preset->fit;
  if (!shared.data.is_null())
    if (Result<void> source = check_link_source(shared.data); !source) return source.error();
  if (Result<void> fit = check_fit(shared.fit, catalog); !fit) return fit.error();
  return parsed;
}

}  // namespace playground
