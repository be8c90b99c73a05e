#pragma once
/// Numbers as text. No locale: the page is in English on every machine.

#include <cstdint>
#include <string>
#include <vector>

namespace playground {

/// The name of a class, or `otherwise` if it has none.
std::string name_of(const std::vector<std::string>& names, int index, const std::string& otherwise = "?");
std::string after_epoch(
    int epoch);  ///< " after epoch 3"; empty for 0: weights of a file, or before an epoch has ended
std::string capital(std::string text);      ///< "row 1" -> "Row 1"
std::string count_text(double number);      ///< 1,060,138
std::string short_count(double number);     ///< 896 · 9.2 k · 1.06 M · 12 M
std::string percent_text(double share);     ///< 0.613 -> 61.3 %
std::string duration_text(double seconds);  ///< 0:09 · 1:42 · 2:05:10; "–" if unknown
std::string bytes_text(double bytes);       ///< 640 B · 2.4 kB · 170 MB
std::string loss_text(double loss);         ///< 1.4127 · 12.35 · "not a number" · "infinite"
/// (32, 32, 3) as "32 × 32 × 3".
std::string shape_text(const std::vector<int>& shape);
/// The same as Python prints a tuple: "(32, 32, 3)", "(10,)".
std::string tuple_text(const std::vector<int>& shape);
/// "array([3, 8, 8, ..., 5, 1, 7])", as NumPy prints it.
std::string array_text(const std::vector<std::uint8_t>& numbers);
/// As few digits as distinguish values `step` apart, for axis labels.
std::string tick_text(double value, double step);
/// As people write numbers: 0.0021 · 2,660 · 5,200 · 10⁻⁴ · 2.5 × 10¹².
std::string number_words(double value, int digits = 4);
/// A place in a picture or map, "row 1, column 1": counted from 1.
std::string place_text(int row, int column);
/// Like printf's %g with `digits` significant digits, but 1e-07 reads 1e-7: as people type numbers.
std::string short_number(double value, int digits = 4);

}  // namespace playground
