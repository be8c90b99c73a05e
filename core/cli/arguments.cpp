#include "core/cli/arguments.h"

#include <algorithm>

#include "core/cli/files.h"
#include "core/training/fit_options.h"

namespace cnn::cli {
namespace {

constexpr std::size_t kHelpColumn = 30;

std::string line(std::string_view name, std::string_view value, std::string_view help) {
  std::string text = "  --" + std::string(name);
  if (!value.empty()) text += " " + std::string(value);
  if (text.size() + 2 > kHelpColumn) text += "\n" + std::string(kHelpColumn, ' ');
  text.resize(std::max(text.size(), kHelpColumn), ' ');
  return text + std::string(help) + "\n";
}

std::string with(char from, char to, std::string_view text) {
  std::string changed(text);
  std::replace(changed.begin(), changed.end(), from, to);
  return changed;
}

/// The fields of FitOptions, and its lists, which describe_fit_options() leaves out.
bool is_fit_field(const std::string& field) {
  if (field == "callbacks" || field == "augmentation" || field == "parameter_groups") return true;
  const Json forms = describe_fit_options();
  return std::any_of(forms.elements()->begin(), forms.elements()->end(),
                     [&field](const Json& form) { return *form.find("name")->string() == field; });
}

/// Parses numbers, true, false, null, lists and objects as JSON; anything else is text.
Json value_of(const std::string& text) {
  auto json = parse_json(text);
  return json ? std::move(*json) : Json(text);
}

}  // namespace

Result<Arguments> Arguments::read(std::span<const char* const> words, std::span<const Option> options,
                                  bool fit_fields) {
  Arguments arguments;
  Json fit = Json::object();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i];
    if (word.size() < 3 || word.compare(0, 2, "--") != 0) {
      return Error{"bad_argument", "\"" + word + "\" is not an option; options begin with --"};
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto option =
        std::find_if(options.begin(), options.end(), [&name](const Option& o) { return o.name == name; });
    const std::string field = with('-', '_', name);
    const bool is_field = option == options.end() && fit_fields && is_fit_field(field);
    if (option == options.end() && !is_field) {
      return Error{"bad_argument", "there is no option --" + name + "; --help lists the options"};
    }
    std::string value;
    if (is_field || !option->value.empty()) {
      if (equals != std::string::npos) {
        value = word.substr(equals + 1);
      } else if (++i < words.size()) {
        value = words[i];
      } else {
        return Error{"bad_argument",
                     "--" + name + " needs a value" + (is_field ? "" : ": " + std::string(option->value))};
      }
    }
    if (is_field)
      fit[field] = value_of(value);
    else
      arguments.values_.emplace_back(name, value);
  }
  if (arguments.has("fit")) {
    const auto text = read_file(arguments.text("fit"));
    if (!text) return text.error();
    auto json = parse_json({reinterpret_cast<const char*>(text->data()), text->size()});
    if (!json) return Error{"bad_argument", arguments.text("fit") + ": " + json.error().message};
    if (!json->members()) return Error{"bad_argument", arguments.text("fit") + ": must be a JSON object"};
    arguments.fit_ = std::move(*json);
  }
  for (const auto& [key, value] : *fit.members()) arguments.fit_[key] = value;
  return arguments;
}

const std::string* Arguments::find(std::string_view name) const {
  const auto found =
      std::find_if(values_.rbegin(), values_.rend(), [name](const auto& v) { return v.first == name; });
  return found == values_.rend() ? nullptr : &found->second;  // the last occurrence counts
}

std::string Arguments::text(std::string_view name, std::string_view otherwise) const {
  const std::string* value = find(name);
  return value ? *value : std::string(otherwise);
}

Result<int> Arguments::whole(std::string_view name, int otherwise, int least, int most) const {
  const std::string* value = find(name);
  if (!value) return otherwise;
  const Json number = value_of(*value);
  const bool whole = number.number() && *number.number() >= least && *number.number() <= most;
  const int result = whole ? static_cast<int>(*number.number()) : 0;
  if (!whole || result != *number.number()) {
    return Error{"bad_argument", "--" + std::string(name) + " must be a whole number from " +
                                     std::to_string(least) + " to " + std::to_string(most) + ", not " +
                                     *value};
  }
  return result;
}

std::string usage_of(std::span<const Option> options) {
  std::string text;
  for (const Option& option : options) text += line(option.name, option.value, option.help);
  return text;
}

std::string usage_of_fit_fields() {
  std::string text;
  const Json forms = describe_fit_options();
  for (const Json& form : *forms.elements()) {
    std::string help = *form.find("help")->string();
    if (const Json* choices = form.find("choices")) {
      help += " One of";
      for (const Json& choice : *choices->elements()) help += " " + *choice.string();
      help += ", or {\"class_name\", \"config\"}.";
    }
    const Json* initial = form.find("default");
    if (initial && !initial->is_null()) help += " Default: " + initial->dump();
    text += line(with('_', '-', *form.find("name")->string()), "VALUE", help);
  }
  return text +
         line("callbacks", "JSON",
              "A list: '[{\"class_name\": \"EarlyStopping\", \"config\": {\"patience\": 3}}]'") +
         line("augmentation", "JSON",
              "A list of layers applied to the training pictures: '[\"RandomFlip\"]'") +
         line("parameter-groups", "JSON", "A list: '[{\"parameters\": \"*/bias\", \"weight_decay\": 0}]'");
}

}  // namespace cnn::cli
