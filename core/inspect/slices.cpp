#include "core/inspect/slices.h"

#include <algorithm>

#include "core/kernels/activation.h"

namespace cnn {

int slice_pictures(const Model& model) {
  constexpr double memory = 32u << 20;
  constexpr int most = 50;
  double bytes = 1;
  for (int layer = 0; layer < model.layer_count(); ++layer)
    bytes += 2.0 * sizeof(float) * static_cast<double>(count(model.layer_shape(layer)));
  return static_cast<int>(std::clamp(memory / bytes, 1.0, static_cast<double>(most)));
}

std::vector<float> as_probabilities(Exec& exec, const Model& model, const float* outputs, int rows) {
  const int classes = model.output_shape().back();
  std::vector<float> result(outputs, outputs + static_cast<std::ptrdiff_t>(rows) * classes);
  const Activation kind = model.layer(model.layer_count() - 1).activation().kind;
  if (kind != Activation::softmax && kind != Activation::sigmoid)
    softmax_forward(exec, rows, classes, outputs, result.data());
  return result;
}

}  // namespace cnn
