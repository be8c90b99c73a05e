#pragma once
/// What the files that read ONNX operators share: the table's rows, and attributes by name.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "core/formats/onnx_import.h"

namespace cnn {

/// The end of a sentence about a normalization that has no layer.
inline constexpr std::string_view kNoGroups =
    "there is no layer; train the model with BatchNormalization, or with LayerNormalization over the "
    "channels, "
    "which are supported, and export it again";

/// An operator of the table.
struct OnnxReader::OperatorRow {
  std::string_view op;
  Operator read;
  /// The attributes it may have, each with its kind: "axis:i alpha:f"; f number, i integer, s text,
  /// I integers.
  std::string_view attributes;
};

inline std::int64_t integer(const OnnxNode& node, std::string_view attribute, std::int64_t otherwise) {
  const OnnxAttribute* found = node.find(attribute);
  return found ? found->integer : otherwise;
}

/// What an operator makes of the numbers of its inputs; empty for operators that do more (onnx_curves.cpp).
std::optional<double> evaluate(const OnnxNode& node, std::span<const double> in);

inline float number(const OnnxNode& node, std::string_view attribute, float otherwise) {
  const OnnxAttribute* found = node.find(attribute);
  return found ? found->number : otherwise;
}

inline std::string_view text(const OnnxNode& node, std::string_view attribute, std::string_view otherwise) {
  const OnnxAttribute* found = node.find(attribute);
  return found ? std::string_view(found->text) : otherwise;
}

/// The shortest decimal number that rounds to the same float: 0.001, not 0.0010000000474974513. float32 has
/// seven digits, so an eighth is noise of an arithmetic.
inline double shortest(double value) {
  const auto narrow = static_cast<float>(value);
  if (value == 0 || !std::isfinite(value)) return value;
  const double magnitude = std::floor(std::log10(std::fabs(value)));
  constexpr int most_digits = 9;
  for (int digits = 1; digits < most_digits; ++digits) {
    const double power = std::pow(10.0, digits - 1 - magnitude);
    const double rounded = std::round(value * power) / power;
    if (static_cast<float>(rounded) == narrow) return rounded;
  }
  return value;
}

}  // namespace cnn
