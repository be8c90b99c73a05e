#pragma once
/// A member of a family of classes that describe themselves (optimizers, schedules, losses, callbacks),
/// selected by name in a configuration: "Adam", or {"class_name": "Adam", "config": {...}}.
///
/// A family is a base class with
///   class_name(), help(), fields(Fields&)            like a layer's
///   static std::span<const Family<Base>> types()     all members, in menu order

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fields.h"
#include "core/base/json.h"
#include "core/base/result.h"

namespace cnn {

template <class Base>
struct Family {
  std::string_view class_name;
  std::unique_ptr<Base> (*make)();
};

template <class Base, class Derived>
Family<Base> member(std::string_view class_name) {
  return {class_name, []() -> std::unique_ptr<Base> { return std::make_unique<Derived>(); }};
}

template <class Base>
std::unique_ptr<Base> make_member(std::string_view class_name) {
  for (const Family<Base>& type : Base::types()) {
    if (type.class_name == class_name) return type.make();
  }
  return nullptr;
}

/// Holds one member of a family. As a field (fields.h) it is a choice of class names. Copies share the
/// member, which is immutable once read.
template <class Base>
class Choice {
 public:
  explicit Choice(std::string_view class_name) : value_(make_member<Base>(class_name)) {}

  const Base* operator->() const { return value_.get(); }
  const Base& operator*() const { return *value_; }

  std::span<const std::string_view> choices() const {
    static const std::vector<std::string_view> names = [] {
      std::vector<std::string_view> all;
      for (const Family<Base>& type : Base::types()) all.push_back(type.class_name);
      return all;
    }();
    return names;
  }
  /// Only the name if every setting has its default.
  Json to_json() const {
    Json config = Json::object(), defaults = Json::object();
    write_fields(config, [this](Fields& field) { value_->fields(field); });
    const auto fresh = make_member<Base>(value_->class_name());
    write_fields(defaults, [&fresh](Fields& field) { fresh->fields(field); });
    if (config == defaults) return Json(value_->class_name());
    return Json::object({{"class_name", value_->class_name()}, {"config", config}});
  }
  std::string from_json(const Json& json) {
    auto read = read_member(json);
    if (!read) return read.error().message;
    value_ = std::move(*read);
    return {};
  }
  /// Errors complete the sentence "... must be".
  static Result<std::shared_ptr<Base>> read_member(const Json& json) {
    const Json* name = json.string() ? &json : json.find("class_name");
    if (!name || !name->string()) {
      return Error{"bad_config", "a class name or {class_name, config}"};
    }
    std::shared_ptr<Base> made = make_member<Base>(*name->string());
    if (!made) {
      std::string names;
      for (const Family<Base>& type : Base::types())
        names += (names.empty() ? "" : ", ") + std::string(type.class_name);
      return Error{"bad_config", "one of " + names};
    }
    if (const Json* config = json.find("config")) {
      constexpr std::string_view also[] = {"name"};  // written by Keras
      auto taken =
          read_fields(*config, made->class_name(), also, [&made](Fields& field) { made->fields(field); });
      if (!taken) return Error{"bad_config", "without mistakes (" + taken.error().message + ")"};
    }
    return made;
  }

 private:
  std::shared_ptr<Base> value_;
};

/// All members of the family, described for forms: [{class_name, help, fields: [...]}].
template <class Base>
Json describe_family() {
  Json list = Json::array();
  for (const Family<Base>& type : Base::types()) {
    const auto made = type.make();
    Json entry;
    entry["class_name"] = type.class_name;
    entry["help"] = made->help();
    entry["fields"] = describe_fields([&made](Fields& field) { made->fields(field); });
    list.push_back(entry);
  }
  return list;
}

}  // namespace cnn
