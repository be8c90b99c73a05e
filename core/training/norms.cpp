#include "core/training/norms.h"

#include <cmath>

#include "core/kernels/elementwise.h"

namespace cnn {

std::vector<LayerNorms> layer_norms(Exec& exec, std::span<const Parameter> parameters) {
  std::vector<LayerNorms> norms;
  for (const Parameter& p : parameters) {
    if (!p.trainable || p.gradient.empty()) continue;
    const std::string layer = p.name.substr(0, p.name.rfind('/'));
    if (norms.empty() || norms.back().layer != layer) norms.push_back({layer, 0, 0});
    norms.back().weights += sum_of_squares(exec, p.value.size(), p.value.data());
    norms.back().gradient += sum_of_squares(exec, p.gradient.size(), p.gradient.data());
  }
  for (LayerNorms& n : norms) {
    n.weights = std::sqrt(n.weights);
    n.gradient = std::sqrt(n.gradient);
  }
  return norms;
}

}  // namespace cnn
