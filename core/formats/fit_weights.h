#pragma once
/// Fits weights of another program to an existing network: by names where they are informative, otherwise by
/// order and shapes.
#include <cstdint>
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
  std::vector<std::string> missing;  ///< names of layers without weights in the file; they keep their own
  std::vector<std::string>
      guessed;  ///< loaded layers that only the order distinguished from others of their shape
};
/// With `text`, sentences for the user: how many layers got weights, and which are a guess.
Json to_json(const Fit&);

/// How much of the network the file must fill.
enum class Share : std::uint8_t { half, any };

/// Copies what fits into the model. Arrays are grouped by the part of their name before the last "/" or ".";
/// the part after it is their role: kernel, weight, bias, gamma, running_mean, ... A layer takes the group of
/// its own name ("conv2d/kernel", "model/conv2d/kernel:0"). If matching by order gives weights to more
/// layers, each layer takes the next group of its kind and shapes instead: in the file's order, or by the
/// numbers in the names ("layer2.0" before "layer10.0") if the file is sorted by name.
/// PyTorch's layouts are transposed (a "weight" is [out, in] and [out, in, height, width]; the first dense
/// layer after maps reads channels first), and its counters (num_batches_tracked) are ignored. A layer takes
/// all of its arrays or none.
/// Errors (bad_model_file): less than `share` of the layers fit, or a number is not finite; the model is then
/// partly changed.
Result<Fit> fit_weights(Model& model, std::span<const TensorView> tensors, std::string_view subject,
                        Share share = Share::any);

}  // namespace cnn
