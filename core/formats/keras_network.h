#pragma once
/// A network as lines of Keras 3.
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/model.h"

namespace cnn {

struct KerasNetwork {
  std::string text;  ///< the function make_network
  std::vector<std::pair<std::string, std::string>>
      names{};             ///< of the model's parameters: layer and array; Keras's
  bool freezes = false;    ///< some layer with weights
  bool has_means = false;  ///< a Normalization with the numbers of the page's pictures
};

/// Errors (bad_config) name the layer for which Keras has no counterpart.
Result<KerasNetwork> write_keras_network(const Model& model);

/// The layers of FitOptions::augmentation: "layers.RandomFlip(\"horizontal\")" each. Errors as above.
Result<std::vector<std::string>> keras_augmentation(const Model& augmentation);

/// Arguments whose value is not the default, as Python writes them: "momentum=0.9".
std::vector<std::string> keras_arguments(const Json& own, const Json& defaults);

}  // namespace cnn
