#pragma once
/// Weights of another program, fitted to a network that is built: by names where they tell something, otherwise by
/// order and shapes.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/tensor_view.h"
#include "core/model/model.h"

namespace cnn {

struct Fit {
  std::vector<std::string> loaded;   ///< "features.0 -> conv2d"
  std::vector<std::string> unused;   ///< names of arrays that fit nothing
  std::vector<std::string> missing;  ///< names of layers that got nothing and keep their weights
};
Json to_json(const Fit&);

/// Copies what fits into the model. Arrays belong together by the part of their name before the last "/" or ".", and
/// that last part tells what they are: kernel, weight, bias, gamma, running_mean, ... A layer takes the arrays under
/// its own name ("conv2d/kernel", "model/conv2d/kernel:0"). Where that gives fewer layers their weights, each takes
/// the next arrays of its kind and shapes: in the file's order, or in that of the numbers in their names ("layer2.0"
/// before "layer10.0") if the file is sorted by name.
/// PyTorch's orders are turned (a "weight" is [out, in] and [out, in, height, width]; the first dense layer after maps
/// reads channels first), and its counters (num_batches_tracked) are ignored. All arrays of a layer or none are taken.
/// Errors (bad_model_file): nothing fits, or a number is not finite; the model is then partly changed.
Result<Fit> fit_weights(Model& model, std::span<const TensorView> tensors, std::string_view subject);

}  // namespace cnn
