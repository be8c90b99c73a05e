#pragma once
/// How a layer, an optimizer or a schedule describes its settings. It lists its members once,
///
///     void fields(Fields& field) override {
///       field("filters", filters, {.min = 1, .max = 4096, .required = true}, "Number of kernels.");
///     }
///
/// and that list serves the JSON reader (read_fields), the JSON writer (write_fields) and the page's forms
/// (describe_fields). Names, defaults and spelling of values are Keras's.
#include <concepts>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/base/shape.h"

namespace cnn {

/// The values that a field accepts.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool required = false;     ///< Keras has no default: reading fails if it is missing
  double step = 0;           ///< increment of a form's arrows; 0: chosen by the form
  std::string_view also{};   ///< an older name of the key, accepted when reading
  std::string_view empty{};  ///< what a form shows for null: "off"; "": auto
};

/// One field, as visitors see it.
struct Field {
  std::string_view name;
  /// int, float, bool, string, choice, size2, floats, shape; fixed: never shown in a form
  std::string_view type;
  std::string_view help;
  Range range{};
  std::span<const std::string_view> choices{};
  bool optional = false;        ///< may be empty (null)
  std::function<Json()> get{};  ///< the value as Keras writes it
  /// Returns "" if it accepted the value, else what it would accept: "a whole number of at least 1".
  std::function<std::string(const Json&)> set{};
};

/// Every enum that is written as text has a function names_of beside it: the names of its values, in order.
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  { names_of(value) } -> std::convertible_to<std::span<const std::string_view>>;
};

/// A value whose common cases have names; the others are written as objects (activations, initializers).
template <class T>
concept NamedValue = requires(T value, const Json& json) {
  { value.choices() } -> std::convertible_to<std::span<const std::string_view>>;
  { value.to_json() } -> std::convertible_to<Json>;
  { value.from_json(json) } -> std::convertible_to<std::string>;  // as Field::set
};

class Fields {
 public:
  virtual ~Fields() = default;

  void operator()(std::string_view name, int& value, Range range, std::string_view help);
  void operator()(std::string_view name, double& value, Range range, std::string_view help);
  void operator()(std::string_view name, Size2& value, Range range, std::string_view help);
  void operator()(std::string_view name, std::optional<int>& value, Range range, std::string_view help);
  void operator()(std::string_view name, std::optional<double>& value, Range range, std::string_view help);
  void operator()(std::string_view name, std::optional<Size2>& value, Range range, std::string_view help);
  void operator()(std::string_view name, std::vector<double>& value, Range range, std::string_view help);
  void operator()(std::string_view name, bool& value, std::string_view help);
  void operator()(std::string_view name, std::string& value, std::string_view help);

  template <NamedEnum E>
  void operator()(std::string_view name, E& value, std::string_view help) {
    choice(
        name, help, names_of(value), [&value] { return static_cast<std::size_t>(value); },
        [&value](std::size_t index) { value = static_cast<E>(index); });
  }
  template <NamedValue T>
  void operator()(std::string_view name, T& value, std::string_view help) {
    Field field{name, "choice", help};
    field.choices = value.choices();
    field.get = [&value] { return Json(value.to_json()); };
    field.set = [&value](const Json& json) { return value.from_json(json); };
    visit(field);
  }

  /// A Keras argument that may only have one of these values here, or null: accepted in a configuration,
  /// never shown. `instead` is the advice in the error about any other value: "use the optimizer's
  /// weight_decay". With `write` the first value is written, for other tools that read it.
  void fixed(std::string_view name, const std::vector<Json>& only, std::string_view instead,
             bool write = false);
  /// A number up to which something is drawn, in both directions; also read from Keras's pair [-0.1, 0.1].
  void either_way(std::string_view name, double& value, Range range, std::string_view help);
  /// A Keras argument without effect here: any value is read and dropped.
  void ignored(std::string_view name);
  /// A Keras axis, n or [n]; never shown.
  void axis(std::string_view name, int& value);
  /// Keras axes, n or a list; never shown.
  void axes(std::string_view name, std::vector<int>& values);
  /// An argument that Keras lacks, off by default: written only where it is on; never shown.
  void beyond_keras(std::string_view name, bool& value);
  /// A shape without the batch size, written [null, 32, 32, 3].
  void batch_shape(std::string_view name, std::string_view also, Shape& value);

 protected:
  virtual void visit(Field& field) = 0;

 private:
  void choice(std::string_view name, std::string_view help, std::span<const std::string_view> choices,
              std::function<std::size_t()> get, std::function<void(std::size_t)> set);
};

using DescribeFields = std::function<void(Fields&)>;

/// Sets the fields from an object. Errors (bad_config) begin with the subject ("conv2d") and name the field,
/// the value found and what is expected. A key that is neither a field nor in `others` is an error.
Result<void> read_fields(const Json& config, std::string_view subject,
                         std::span<const std::string_view> others, const DescribeFields& describe);

/// Appends every field to an object.
void write_fields(Json& config, const DescribeFields& describe);

/// The fields, described for forms: [{name, type, default, min?, max?, step?, choices?, optional?, required?,
/// empty?, help}]. The defaults are the current values.
Json describe_fields(const DescribeFields& describe);

}  // namespace cnn
