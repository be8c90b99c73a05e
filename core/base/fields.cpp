#include "core/base/fields.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cnn {
namespace {

constexpr std::string_view kPaddingWords[] = {"valid", "same"};

std::string range_text(const Range& range, const std::string& what) {
  const bool from = std::isfinite(range.min), to = std::isfinite(range.max);
  if (from && to) return what + " from " + to_text(range.min) + " to " + to_text(range.max);
  if (from) return what + " of at least " + to_text(range.min);
  if (to) return what + " of at most " + to_text(range.max);
  return what;
}

bool in_range(double value, const Range& range) { return value >= range.min && value <= range.max; }

/// Null unless it is a whole number within the range and an int holds it.
const double* whole_number(const Json& json, const Range& range) {
  const double* number = json.number();
  if (!number || std::floor(*number) != *number || !in_range(*number, range)) return nullptr;
  return std::fabs(*number) <= std::numeric_limits<int>::max() ? number : nullptr;
}

std::string set_int(const Json& json, const Range& range, int& value) {
  const double* number = whole_number(json, range);
  if (!number) return range_text(range, "a whole number");
  value = static_cast<int>(*number);
  return {};
}

std::string set_double(const Json& json, const Range& range, double& value) {
  const double* number = json.number();
  if (!number || !in_range(*number, range)) return range_text(range, "a number");
  value = *number;
  return {};
}

std::string set_size2(const Json& json, const Range& range, Size2& value) {
  const std::string wanted = range_text(range, "one or two whole numbers");
  if (const double* both = whole_number(json, range)) {
    value = {static_cast<int>(*both), static_cast<int>(*both)};
    return {};
  }
  const Json::Array* pair = json.elements();
  if (!pair || pair->size() != 2) return wanted;
  const double* height = whole_number((*pair)[0], range);
  const double* width = whole_number((*pair)[1], range);
  if (!height || !width) return wanted;
  value = {static_cast<int>(*height), static_cast<int>(*width)};
  return {};
}

Json size2_json(Size2 size) { return Json::array({size.height, size.width}); }

template <class T, class Set, class Get>
Field optional_field(Field field, std::optional<T>& value, const Set& set, const Get& get) {
  field.optional = true;
  field.get = [&value, get] { return value ? Json(get(*value)) : Json(); };
  field.set = [&value, set, range = field.range](const Json& json) {
    if (json.is_null()) {
      value.reset();
      return std::string();
    }
    T read{};
    std::string wanted = set(json, range, read);
    if (!wanted.empty()) return wanted + ", or null";
    value = read;
    return wanted;
  };
  return field;
}

/// Appends a number, or all of nested lists, as Keras writes arrays. False if there is anything else.
bool append_numbers(const Json& json, const Range& range, std::vector<double>& out) {
  if (const Json::Array* elements = json.elements()) {
    return std::all_of(elements->begin(), elements->end(),
                       [&](const Json& element) { return append_numbers(element, range, out); });
  }
  const Json* config = json.find("config");  // {"class_name": "__numpy__", "config": {"value": [...]}}
  if (const Json* value = config ? config->find("value") : nullptr) return append_numbers(*value, range, out);
  out.emplace_back();
  return set_double(json, range, out.back()).empty();
}

class Reader final : public Fields {
 public:
  Reader(const Json::Object& config, std::string_view subject) : config_(config), subject_(subject) {}

  std::optional<Error> failure;
  std::vector<std::string_view> known, shown;

 protected:
  void visit(Field& field) override {
    known.push_back(field.name);
    if (!field.range.also.empty()) known.push_back(field.range.also);
    if (field.type != "fixed") shown.push_back(field.name);
    if (failure) return;
    const Json* value = nullptr;
    for (const Json::Member& member : config_) {
      if (member.first == field.name || (member.first == field.range.also && !value)) value = &member.second;
    }
    const std::string subject = std::string(subject_) + ": ";
    if (!value) {
      if (field.range.required) {
        failure = Error{"bad_config", subject + std::string(field.name) + " is missing"};
      }
      return;
    }
    const std::string wanted = field.set(*value);
    if (wanted.empty()) return;
    std::string came = value->dump();
    constexpr std::size_t longest = 60;
    if (came.size() > longest) came = std::string(value->kind());
    failure = Error{"bad_config", subject + std::string(field.name) + " must be " + wanted + ", not " + came};
  }

 private:
  const Json::Object& config_;
  std::string_view subject_;
};

class Writer final : public Fields {
 public:
  explicit Writer(Json& config) : config_(config) {}

 protected:
  void visit(Field& field) override {
    if (!field.get) return;
    Json value = field.get();
    if (field.type == "choice" && value.is_null()) return;  // Keras's default
    config_[field.name] = std::move(value);
  }

 private:
  Json& config_;
};

class Describer final : public Fields {
 public:
  Json forms = Json::array();

 protected:
  void visit(Field& field) override {
    if (field.type == "fixed") return;
    Json form;
    form["name"] = field.name;
    form["type"] = field.type;
    form["default"] = field.get();
    if (field.type == "choice" && form["default"].is_null()) form["default"] = field.choices.front();
    if (std::isfinite(field.range.min)) form["min"] = field.range.min;
    if (std::isfinite(field.range.max)) form["max"] = field.range.max;
    if (field.range.step > 0) form["step"] = field.range.step;
    for (const std::string_view choice : field.choices) form["choices"].push_back(choice);
    if (field.optional) form["optional"] = true;
    if (field.range.required) form["required"] = true;
    if (!field.range.empty.empty()) form["empty"] = field.range.empty;
    form["help"] = field.help;
    forms.push_back(std::move(form));
  }
};

}  // namespace

std::span<const std::string_view> Padding::choices() const { return kPaddingWords; }

Json Padding::to_json() const {
  if (!has_sides()) return kPaddingWords[is_same ? 1 : 0];
  return Json::array({Json::array({top, bottom}), Json::array({left, right})});
}

std::string Padding::from_json(const Json& json) {
  for (const bool wanted : {false, true}) {
    if (json != Json(kPaddingWords[wanted ? 1 : 0])) continue;
    *this = wanted ? same : valid;
    return {};
  }
  const std::string expected = "one of \"valid\" \"same\"";
  const Json::Array* axes = json.elements();
  if (!axes) return expected;
  constexpr Range range{.min = 0, .max = 64};
  Size2 rows, columns;
  if (axes->size() != 2 || !(*axes)[0].elements() || !(*axes)[1].elements() ||
      !set_size2((*axes)[0], range, rows).empty() || !set_size2((*axes)[1], range, columns).empty())
    return expected + ", or [[top, bottom], [left, right]], whole numbers from 0 to 64";
  *this = {false, rows.height, rows.width, columns.height, columns.width};
  return {};
}

void Fields::operator()(std::string_view name, int& value, Range range, std::string_view help) {
  Field field{name, "int", help, range};
  field.get = [&value] { return Json(value); };
  field.set = [&value, range](const Json& json) { return set_int(json, range, value); };
  visit(field);
}

void Fields::operator()(std::string_view name, double& value, Range range, std::string_view help) {
  Field field{name, "float", help, range};
  field.get = [&value] { return Json(value); };
  field.set = [&value, range](const Json& json) { return set_double(json, range, value); };
  visit(field);
}

void Fields::operator()(std::string_view name, Size2& value, Range range, std::string_view help) {
  Field field{name, "size2", help, range};
  field.get = [&value] { return size2_json(value); };
  field.set = [&value, range](const Json& json) { return set_size2(json, range, value); };
  visit(field);
}

void Fields::operator()(std::string_view name, std::optional<int>& value, Range range,
                        std::string_view help) {
  Field field = optional_field(Field{name, "int", help, range}, value, set_int, [](int v) { return v; });
  visit(field);
}

void Fields::operator()(std::string_view name, std::optional<double>& value, Range range,
                        std::string_view help) {
  Field field =
      optional_field(Field{name, "float", help, range}, value, set_double, [](double v) { return v; });
  visit(field);
}

void Fields::operator()(std::string_view name, std::optional<Size2>& value, Range range,
                        std::string_view help) {
  Field field = optional_field(Field{name, "size2", help, range}, value, set_size2, size2_json);
  visit(field);
}

void Fields::operator()(std::string_view name, std::vector<double>& value, Range range,
                        std::string_view help) {
  Field field{name, "floats", help, range};
  field.optional = true;
  field.get = [&value] {
    return value.empty() ? Json() : Json::array(Json::Array(value.begin(), value.end()));
  };
  field.set = [&value, range](const Json& json) {
    const std::string wanted = range_text(range, "a list, each a number") + ", or null";
    std::vector<double> read;
    if (!json.is_null() && !append_numbers(json, range, read)) return wanted;
    value = std::move(read);
    return std::string();
  };
  visit(field);
}

void Fields::operator()(std::string_view name, bool& value, std::string_view help) {
  Field field{name, "bool", help};
  field.get = [&value] { return Json(value); };
  field.set = [&value](const Json& json) {
    const bool* flag = json.boolean();
    if (!flag) return std::string("true or false");
    value = *flag;
    return std::string();
  };
  visit(field);
}

void Fields::operator()(std::string_view name, std::string& value, std::string_view help) {
  Field field{name, "string", help};
  field.get = [&value] { return Json(value); };
  field.set = [&value](const Json& json) {
    const std::string* text = json.string();
    if (!text) return std::string("a string");
    value = *text;
    return std::string();
  };
  visit(field);
}

void Fields::choice(std::string_view name, std::string_view help, std::span<const std::string_view> choices,
                    std::function<std::size_t()> get, std::function<void(std::size_t)> set) {
  Field field{name, "choice", help};
  field.choices = choices;
  field.get = [choices, get = std::move(get)] { return Json(choices[get()]); };
  field.set = [choices, set = std::move(set)](const Json& json) {
    const std::string* word = json.string();
    const auto found = word ? std::find(choices.begin(), choices.end(), *word) : choices.end();
    if (found == choices.end()) {
      std::string wanted = "one of";
      for (const std::string_view choice : choices) wanted += " \"" + std::string(choice) + "\"";
      return wanted;
    }
    set(static_cast<std::size_t>(found - choices.begin()));
    return std::string();
  };
  visit(field);
}

void Fields::fixed(std::string_view name, const std::vector<Json>& only, std::string_view instead,
                   bool write) {
  Field field{name, "fixed", ""};
  if (write) field.get = [&only] { return only.front(); };
  field.set = [&only, instead](const Json& json) {
    if (json.is_null() || std::find(only.begin(), only.end(), json) != only.end()) return std::string();
    return only.front().dump() + " (" + std::string(instead) + ")";
  };
  visit(field);
}

void Fields::either_way(std::string_view name, double& value, Range range, std::string_view help) {
  Field field{name, "float", help, range};
  field.get = [&value] { return Json(value); };
  field.set = [&value, range](const Json& json) {
    const Json::Array* pair = json.elements();
    if (!pair) return set_double(json, range, value);
    const std::string wanted = range_text(range, "a number") + ", or a pair [-n, n]";
    if (pair->size() != 2 || !(*pair)[0].number() || !(*pair)[1].number()) return wanted;
    const double largest = std::max(std::fabs(*(*pair)[0].number()), std::fabs(*(*pair)[1].number()));
    return set_double(largest, range, value).empty() ? std::string() : wanted;
  };
  visit(field);
}

void Fields::ignored(std::string_view name) {
  Field field{name, "fixed", ""};
  field.set = [](const Json&) { return std::string(); };
  visit(field);
}

void Fields::axis(std::string_view name, int& value) {
  Field field{name, "fixed", ""};
  field.get = [&value] { return Json(value); };
  field.set = [&value](const Json& json) {
    const Json::Array* list = json.elements();
    const Json& one = list && list->size() == 1 ? list->front() : json;
    return set_int(one, {.min = -Shape::max_rank, .max = Shape::max_rank}, value);
  };
  visit(field);
}

void Fields::axes(std::string_view name, std::vector<int>& values) {
  Field field{name, "fixed", ""};
  field.get = [&values] {
    return values.size() == 1 ? Json(values[0]) : Json::array(Json::Array(values.begin(), values.end()));
  };
  field.set = [&values](const Json& json) {
    const Json::Array one{json};
    const Json::Array& list = json.elements() ? *json.elements() : one;
    std::vector<int> read;
    for (const Json& element : list) {
      read.emplace_back();
      const std::string wanted =
          set_int(element, {.min = -Shape::max_rank, .max = Shape::max_rank}, read.back());
      if (!wanted.empty() || read.size() > Shape::max_rank) return "an axis or a list of axes: " + wanted;
    }
    if (read.empty()) return std::string("an axis or a list of axes");
    values = std::move(read);
    return std::string();
  };
  visit(field);
}

void Fields::beyond_keras(std::string_view name, bool& value) {
  Field field{name, "fixed", ""};
  if (value) field.get = [] { return Json(true); };
  field.set = [&value](const Json& json) {
    if (!json.boolean()) return std::string("true or false");
    value = *json.boolean();
    return std::string();
  };
  visit(field);
}

void Fields::batch_shape(std::string_view name, std::string_view also, Shape& value) {
  constexpr double largest = 1 << 20;
  Field field{name, "shape", "Height, width and channels of a picture.", {.also = also}};
  field.get = [&value] {
    Json json = Json::array({Json()});
    for (const int size : value) json.push_back(size);
    return json;
  };
  field.set = [&value](const Json& json) {
    const std::string wanted = "a list like [null, 32, 32, 3]: null for the batch, then one to three sizes";
    const Json::Array* list = json.elements();
    if (!list || list->size() < 2 || list->size() > Shape::max_rank) return wanted;
    Shape read;
    for (std::size_t i = 1; i < list->size(); ++i) {
      int size = 0;
      if (!set_int((*list)[i], {.min = 1, .max = largest}, size).empty()) return wanted;
      read.push_back(size);
    }
    value = read;
    return std::string();
  };
  visit(field);
}

Result<void> read_fields(const Json& config, std::string_view subject,
                         std::span<const std::string_view> others, const DescribeFields& describe) {
  const Json::Object* members = config.members();
  if (!members) {
    return Error{"bad_config",
                 std::string(subject) + ": its config must be an object, not " + std::string(config.kind()),
                 {}};
  }
  Reader reader(*members, subject);
  describe(reader);
  if (reader.failure) return *reader.failure;
  for (const Json::Member& member : *members) {
    const auto is_it = [&](std::string_view key) { return key == member.first; };
    if (std::any_of(reader.known.begin(), reader.known.end(), is_it)) continue;
    if (std::any_of(others.begin(), others.end(), is_it) || member.second.is_null())
      continue;  // null: not given
    std::string message = std::string(subject) + ": unknown field \"" + member.first + "\"; ";
    message += reader.shown.empty() ? "it has no fields" : "it has";
    for (std::size_t i = 0; i < reader.shown.size(); ++i)
      message += (i ? ", " : " ") + std::string(reader.shown[i]);
    return Error{"bad_config", message};
  }
  return {};
}

void write_fields(Json& config, const DescribeFields& describe) {
  Writer writer(config);
  describe(writer);
}

Json describe_fields(const DescribeFields& describe) {
  Describer describer;
  describe(describer);
  return std::move(describer.forms);
}

}  // namespace cnn
