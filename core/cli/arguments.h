#pragma once
/// The command line of `cnn`: --name VALUE, or --name alone for a switch.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"

namespace cnn::cli {

/// An option of a command. Options without a value are switches.
struct Option {
  std::string_view name;   ///< without the dashes
  std::string_view value;  ///< the value's name in the usage text, such as "PATH"; empty for a switch
  std::string_view help;
};

class Arguments {
 public:
  /// Errors (bad_argument) name the option. With fit_fields, the fields of FitOptions are options too:
  /// --batch-size 32 sets batch_size.
  static Result<Arguments> read(std::span<const char* const> words, std::span<const Option> options,
                                bool fit_fields);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  /// bad_argument unless it is a whole number from `least` to `most`.
  Result<int> whole(std::string_view name, int otherwise, int least, int most) const;
  /// The given fit fields, {"batch_size": 32, ...}. They override those in the file given with --fit.
  const Json& fit() const { return fit_; }

 private:
  const std::string* find(std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> values_;
  Json fit_ = Json::object();
};

/// The options as lines of the usage text.
std::string usage_of(std::span<const Option> options);
std::string usage_of_fit_fields();

}  // namespace cnn::cli
