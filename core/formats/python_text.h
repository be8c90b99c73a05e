#pragma once
/// Pieces of Python programs: values, names and the order of layers.
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/shape.h"
#include "core/model/model.h"

namespace cnn {

/// A value as Python writes it: "True", "None", "(3, 3)" for a list. Text is quoted, so that no character
/// ends it.
std::string python_value(const Json& value);
std::string python_text(std::string_view text);
/// Also of a number that is not finite: "float(\"nan\")".
std::string python_number(double number);
/// "3" where both are the same, else "(3, 2)".
std::string python_pair(Size2 size);

/// Replaces every `from`.
std::string replaced(std::string text, std::string_view from, std::string_view to);

/// For each layer: whether the one after it reads it, and no other, so that one variable serves both.
std::vector<bool> read_by_next_alone(const Model& model);

/// Makes identifiers of any names, each another one.
class PythonNames {
 public:
  /// `taken`: identifiers that mean something else where the names are used.
  explicit PythonNames(std::span<const std::string_view> taken);
  /// Letters, digits and underscores; it begins with a letter and is no keyword.
  std::string take(std::string_view wanted);

 private:
  std::set<std::string, std::less<>> used_;
};

/// Words separated by ", ", in lines of at most 100 columns. `begin` is the text before the first word; the
/// lines after the first are indented.
std::string python_list(std::string begin, std::span<const std::string> words, std::string_view end,
                        int indent);

}  // namespace cnn
