#include "web/app/state/format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/base/count.h"

namespace playground {
namespace {

template <class... Values>
std::string print(const char* format, Values... values) {
  char text[64];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

/// Three significant digits and a unit, for short_count and bytes_text.
std::string scaled(double number, const char* unit) {
  const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  std::string text = print("%.*f", decimals, number);
  if (decimals > 0) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text + " " + unit;
}

std::string superscript(int number) {
  constexpr const char* kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = number < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(number))) text += kDigits[digit - '0'];
  return text;
}

}  // namespace

std::string name_of(const std::vector<std::string>& names, int index, const std::string& otherwise) {
  const auto at = static_cast<std::size_t>(index);
  return index >= 0 && at < names.size() ? names[at] : otherwise;
}

std::string after_epoch(int epoch) { return epoch > 0 ? " after epoch " + count_text(epoch) : ""; }

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string count_text(double number) {
  if (!std::isfinite(number)) return "–";
  return (number <= -0.5 ? "\u2212" : "") + cnn::with_commas(print("%.0f", std::fabs(number)));
}

std::string short_count(double number) {
  if (number < 9999.5) return count_text(number);
  if (number < 999.5e3) return scaled(number / 1e3, "k");
  if (number < 999.5e6) return scaled(number / 1e6, "M");
  return scaled(number / 1e9, "G");
}

std::string percent_text(double share) { return std::isfinite(share) ? print("%.1f %%", 100 * share) : "–"; }

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "–";
  const long whole = std::lround(std::min(seconds, 1e8));
  if (whole < 3600) return print("%ld:%02ld", whole / 60, whole % 60);
  return print("%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string bytes_text(double bytes) {
  if (bytes < 999.5) return print("%.0f B", bytes);
  if (bytes < 999.5e3) return scaled(bytes / 1e3, "kB");
  if (bytes < 999.5e6) return scaled(bytes / 1e6, "MB");
  return scaled(bytes / 1e9, "GB");
}

std::string loss_text(double loss) {
  if (std::isnan(loss)) return "not a number";
  if (std::isinf(loss)) return "infinite";
  if (std::fabs(loss) >= 999.995) return number_words(loss, 3);
  return print(std::fabs(loss) < 9.99995 ? "%.4f" : "%.2f", loss);
}

std::string shape_text(const std::vector<int>& shape) {
  std::string text;
  for (const int size : shape) text += (text.empty() ? "" : " × ") + count_text(size);
  return text;
}

std::string tuple_text(const std::vector<int>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string array_text(const std::vector<std::uint8_t>& numbers) {
  constexpr std::size_t kEnds = 3, kWhole = 20;
  std::string text = "array([";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) text += ", ";
    if (numbers.size() > kWhole && i == kEnds) {
      text += "..., ";
      i = numbers.size() - kEnds;
    }
    text += std::to_string(numbers[i]);
  }
  return text + "])";
}

std::string tick_text(double value, double step) {
  if (std::fabs(value) < step * 1e-6) return "0";
  if (std::fabs(value) >= 1e4 && step >= 1) return short_count(value);
  int decimals = 0;  // as many as the step itself needs: 0.25 needs two
  for (double scaled = step; decimals < 9 && std::fabs(scaled - std::round(scaled)) > 1e-4 * scaled;
       scaled *= 10)
    ++decimals;
  if (decimals > 5) return number_words(value, 3);
  return print("%.*f", decimals, value);
}

std::string number_words(double value, int digits) {
  if (!std::isfinite(value))
    return std::isnan(value) ? "not a number" : value > 0 ? "infinite" : "\u2212infinite";
  const std::string rounded = print("%.*e", std::max(0, digits - 1), value);
  const std::size_t mark = rounded.find('e');
  const int power = std::atoi(rounded.c_str() + mark + 1);
  if (value == 0 || (power >= -3 && power < 6)) {
    const double shown = std::strtod(rounded.c_str(), nullptr);
    if (power >= 3 && value != 0) return count_text(shown);
    std::string text = print("%.*g", digits, shown);
    return text[0] == '-' ? "\u2212" + text.substr(1) : text;
  }
  std::string factor = rounded.substr(0, mark);
  if (factor.find('.') != factor.npos) {
    while (factor.back() == '0') factor.pop_back();
    if (factor.back() == '.') factor.pop_back();
  }
  const bool below = factor[0] == '-';
  if (below) factor.erase(0, 1);
  return (below ? "\u2212" : "") + (factor == "1" ? "" : factor + " × ") + "10" + superscript(power);
}

std::string place_text(int row, int column) {
  return "row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1);
}

std::string short_number(double value, int digits) {
  std::string text = print("%.*g", digits, value);
  const std::size_t exponent = text.find('e');
  if (exponent == std::string::npos) return text;
  std::size_t zeros = exponent + 2;
  while (zeros + 1 < text.size() && text[zeros] == '0') text.erase(zeros, 1);
  if (text[exponent + 1] == '+') text.erase(exponent + 1, 1);
  return text;
}

}  // namespace playground
