#include "core/formats/python_text.h"

#include <cmath>

namespace cnn {
namespace {

constexpr std::string_view kKeywords[] = {
    "False",  "None",     "True",   "and", "as",   "assert", "async",  "await",    "break", "case",
    "class",  "continue", "def",    "del", "elif", "else",   "except", "finally",  "for",   "from",
    "global", "if",       "import", "in",  "is",   "lambda", "match",  "nonlocal", "not",   "or",
    "pass",   "raise",    "return", "try", "type", "while",  "with",   "yield",    "print"};

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string python_text(std::string_view text) {
  return Json(text).dump();  // Python reads every escape of JSON the same; what is not ASCII stays as it is
}

std::string python_number(double number) {
  if (std::isfinite(number)) return to_text(number);
  return std::isnan(number) ? "float(\"nan\")" : number > 0 ? "float(\"inf\")" : "-float(\"inf\")";
}

std::string python_value(const Json& value) {
  if (value.is_null()) return "None";
  if (const bool* flag = value.boolean()) return *flag ? "True" : "False";
  if (const double* number = value.number()) return python_number(*number);
  if (const Json::Array* list = value.elements()) {
    std::string text;
    for (const Json& element : *list) text += (text.empty() ? "" : ", ") + python_value(element);
    return "(" + text + (list->size() == 1 ? ",)" : ")");
  }
  return value.dump();
}

std::string python_pair(Size2 size) {
  return size.height == size.width
             ? std::to_string(size.height)
             : "(" + std::to_string(size.height) + ", " + std::to_string(size.width) + ")";
}

std::vector<bool> read_by_next_alone(const Model& model) {
  const int count = model.layer_count();
  std::vector<int> readers(static_cast<std::size_t>(count));
  std::vector<bool> next(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    for (const int input : model.layer_inputs(i)) {
      ++readers[static_cast<std::size_t>(input)];
      if (input == i - 1) next[static_cast<std::size_t>(input)] = true;
    }
  }
  for (std::size_t i = 0; i < next.size(); ++i) next[i] = next[i] && readers[i] == 1;
  return next;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

PythonNames::PythonNames(std::span<const std::string_view> taken) {
  used_.insert(std::begin(kKeywords), std::end(kKeywords));
  used_.insert(taken.begin(), taken.end());
}

std::string PythonNames::take(std::string_view wanted) {
  std::string name(wanted);
  for (char& c : name) c = is_letter(c) || is_digit(c) ? c : '_';
  if (name.empty() || !is_letter(name[0])) name = "layer_" + name;
  const std::string base = name;
  for (int number = 1; !used_.insert(name).second; ++number) name = base + "_" + std::to_string(number);
  return name;
}

std::string python_list(std::string begin, std::span<const std::string> words, std::string_view end,
                        int indent) {
  constexpr std::size_t columns = 100;
  std::string text, line = std::move(begin);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] + (i + 1 < words.size() ? "," : std::string(end));
    if (i > 0 && line.size() + 1 + word.size() > columns) {
      text += line + "\n";
      line = std::string(static_cast<std::size_t>(indent), ' ') + word;
    } else {
      line += (i > 0 ? " " : "") + word;
    }
  }
  return text + line + (words.empty() ? std::string(end) : "") + "\n";
}

}  // namespace cnn
