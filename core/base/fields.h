#pragma once
/// core/base/fields.h: how a layer, an optimizer, a schedule says what can be set. It lists its members once,
///
///     void fields(Fields& field) override {
///       field("filters", filters, {.min = 1, .max = 4096, .required = true}, "Number of kernels, and so of
///       output maps.");
///     }
///
/// and that list is read by the JSON reader (read_fields), the JSON writer (write_fields) and the forms of
/// the page (describe_fields). Names, defaults and spelling of values are Keras's.
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

/// What a field takes.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool required = false;    ///< Keras has no default: reading fails without it
  double step = 0;          ///< what a form's arrows add; 0: what suits the value
  std::string_view also{};  ///< an older name of the same key, taken on reading
};

/// One field, as the visitors see it.
struct Field {
  std::string_view name;
  std::string_view
      type;  ///< int, float, bool, string, choice, size2, floats, shape; fixed: never shown in a form
  std::string_view help;
  Range range{};
  std::span<const std::string_view> choices{};
  bool optional = false;        ///< may be empty (null)
  std::function<Json()> get{};  ///< the value as Keras writes it
  std::function<std::string(const Json&)>
      set{};  ///< "" when taken, else what would have been: "a whole number >= 1"
};

/// Words of an enum that the core writes as text: `std::span<const std::string_view> words(E)`, in the enum's
/// order, found beside the enum.
std::span<const std::string_view> names_of(Padding);

template <class T>
concept Worded = std::is_enum_v<T> && requires(T value) {
  { names_of(value) } -> std::convertible_to<std::span<const std::string_view>>;
};

/// A value that has words for its common cases and an object for the rest (activations, initializers).
template <class T>
concept Spelled = requires(T value, const Json& json) {
  { value.choices() } -> std::convertible_to<std::span<const std::string_view>>;
  { value.to_json() } -> std::convertible_to<Json>;
  { value.from_json(json) } -> std::convertible_to<std::string>;  // "" when taken, else what would have been
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

  template <Worded E>
  void operator()(std::string_view name, E& value, std::string_view help) {
    choice(
        name, help, names_of(value), [&value] { return static_cast<std::size_t>(value); },
        [&value](std::size_t index) { value = static_cast<E>(index); });
  }
  template <Spelled T>
  void operator()(std::string_view name, T& value, std::string_view help) {
    Field field{name, "choice", help};
    field.choices = value.choices();
    field.get = [&value] { return Json(value.to_json()); };
    field.set = [&value](const Json& json) { return value.from_json(json); };
    visit(field);
  }

  /// A Keras argument of which only these values work here (null as well): taken in a configuration, never
  /// shown. `instead` completes the sentence about any other value: "use the optimizer's weight_decay". With
  /// `write` the first is written, because other tools want to read it.
  void fixed(std::string_view name, const std::vector<Json>& only, std::string_view instead,
             bool write = false);
  /// A Keras axis, n or [n]; never shown.
  void axis(std::string_view name, int& value);
  /// A shape without its batch, written [null, 32, 32, 3].
  void batch_shape(std::string_view name, std::string_view also, Shape& value);

 protected:
  virtual void visit(Field& field) = 0;

 private:
  void choice(std::string_view name, std::string_view help, std::span<const std::string_view> choices,
              std::function<std::size_t()> get, std::function<void(std::size_t)> set);
};

using DescribeFields = std::function<void(Fields&)>;

/// Sets the fields from an object. Errors (bad_config) begin with the subject ("conv2d"), name the field,
/// what came and what would do; a key that is neither a field nor in `others` is an error, too.
Result<void> read_fields(const Json& config, std::string_view subject,
                         std::span<const std::string_view> others, const DescribeFields& describe);

/// Appends every field to an object.
void write_fields(Json& config, const DescribeFields& describe);

/// For forms: [{name, type, default, min?, max?, choices?, optional?, required?, help}], defaults being the
/// current values.
Json describe_fields(const DescribeFields& describe);

}  // namespace cnn
