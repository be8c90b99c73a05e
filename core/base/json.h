#pragma once
/// JSON values, their parser and their writer, independent of the locale. Numbers are doubles and round-trip
/// bit for bit; objects keep the order of their keys; text is valid UTF-8.
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace cnn {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  // a list: keys are few, and keep their order

  Json() = default;  // null
  Json(std::nullptr_t) {}
  template <class B, std::enable_if_t<std::is_same_v<B, bool>, int> = 0>
  Json(B value) : value_(value) {}
  template <class N, std::enable_if_t<std::is_arithmetic_v<N> && !std::is_same_v<N, bool>, int> = 0>
  Json(N value) : value_(static_cast<double>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  static Json array(Array values = {}) { return Json(std::move(values)); }
  static Json object(Object members = {}) { return Json(std::move(members)); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  /// Null if the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const double* number() const { return std::get_if<double>(&value_); }
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* elements() const { return std::get_if<Array>(&value_); }
  const Object* members() const { return std::get_if<Object>(&value_); }
  Array* elements() { return std::get_if<Array>(&value_); }
  Object* members() { return std::get_if<Object>(&value_); }

  /// The member of that name; null if there is none or this is not an object.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);
  /// The member of that name, added as null if it is missing. A null becomes an object first.
  Json& operator[](std::string_view key);
  void erase(std::string_view key);
  /// Appends to an array. A null becomes an array first.
  void push_back(Json value);

  /// "null", "a boolean", "a number", ...: for messages.
  std::string_view kind() const;
  /// indent 0: one line; otherwise that many spaces per level. NaN and infinities become null: JSON has
  /// neither.
  std::string dump(int indent = 0) const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

struct JsonLimits {
  int max_depth = 64;
  std::size_t max_bytes = 64u << 20;
};

/// Parses a text that holds exactly one value. Duplicate keys are an error. Errors (bad_json) name the byte
/// offset.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

/// The shortest decimal text that reads back as the same double.
std::string to_text(double number);

/// The number of a decimal text, whose point is '.' in every locale.
double from_text(std::string text);

}  // namespace cnn
