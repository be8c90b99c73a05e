#pragma once
/// A penalty on large weights, as configurations name it.
#include <span>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace cnn {

/// Keras 3, keras.regularizers.L1L2. It adds to the loss of a batch, once for each array:
///   penalty  = l1 * sum of |w| + l2 * sum of w^2
///   gradient = l1 * sign(w) + 2 * l2 * w
/// Written as null where there is none, as a word ("l1", "l2", "l1_l2") at Keras's default strength,
/// otherwise as
///   {"class_name": "L1L2", "config": {"l1": 0, "l2": 0.0001}}
struct Regularizer {
  static constexpr double usual = 0.01;

  double l1 = 0, l2 = 0;

  bool none() const { return l1 == 0 && l2 == 0; }
  std::span<const std::string_view> choices() const;
  Json to_json() const;
  std::string from_json(const Json&);

  friend bool operator==(const Regularizer&, const Regularizer&) = default;
};

}  // namespace cnn
