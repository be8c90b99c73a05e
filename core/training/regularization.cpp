#include "core/training/regularization.h"

#include <cmath>

namespace cnn {
namespace {

bool counts(const Parameter& parameter) {
  return !parameter.regularizer.none() && parameter.trainable && !parameter.gradient.empty();
}

}  // namespace

double penalty(const Model& model) {
  double total = 0;
  for (const Parameter& parameter : model.parameters()) {
    if (!counts(parameter)) continue;
    double sizes = 0, squares = 0;
    for (const float weight : parameter.value) {
      const auto w = static_cast<double>(weight);
      sizes += std::fabs(w), squares += w * w;
    }
    total += parameter.regularizer.l1 * sizes + parameter.regularizer.l2 * squares;
  }
  return total;
}

void add_penalty_gradients(Model& model) {
  for (Parameter& parameter : model.parameters()) {
    if (!counts(parameter)) continue;
    const auto l1 = static_cast<float>(parameter.regularizer.l1);
    const auto twice_l2 = static_cast<float>(2 * parameter.regularizer.l2);
    for (std::size_t i = 0; i < parameter.value.size(); ++i) {
      const float w = parameter.value[i];
      const float sign = w > 0 ? 1.0f : w < 0 ? -1.0f : 0.0f;
      parameter.gradient[i] += l1 * sign + twice_l2 * w;
    }
  }
}

}  // namespace cnn
