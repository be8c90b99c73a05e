#pragma once
/// core/cli/arguments.h: what stands on the command line: --name VALUE, or --name alone for a switch.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"

namespace cnn::cli {

/// One option a command takes. Options without a value are switches.
struct Option {
  std::string_view name;   ///< without the dashes
  std::string_view value;  ///< what the usage calls its value: "PATH"; empty: a switch
  std::string_view help;
};

class Arguments {
 public:
  /// Errors (bad_argument) name the option. With fit_fields, the fields of FitOptions are options as well:
  /// --batch-size 32 sets batch_size.
  static Result<Arguments> read(std::span<const char* const> words, std::span<const Option> options,
                                bool fit_fields);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  /// bad_argument where it is no whole number from `least` to `most`.
  Result<int> whole(std::string_view name, int otherwise, int least, int most) const;
  /// {"batch_size": 32, ...}: the fit fields that were given, over those of the file after --fit.
  const Json& fit() const { return fit_; }

 private:
  const std::string* find(std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> values_;
  Json fit_ = Json::object();
};

/// The options as lines of a usage text.
std::string usage_of(std::span<const Option> options);
std::string usage_of_fit_fields();

}  // namespace cnn::cli
