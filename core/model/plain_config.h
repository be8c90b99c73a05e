#pragma once
/// Configurations of other programs, made plain: one list of layers, each used once, all of which exist here.
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/model.h"

namespace cnn {

/// What a plain configuration lacks compared with the original.
struct LeftOut {
  std::vector<std::string> lines;  ///< one for each omission
  /// Layers made for further uses of a layer with weights, each with that layer's name.
  std::vector<std::pair<std::string, std::string>> copies;
};

/// Models inside the model are replaced by their layers; layers that are used several times by one copy for
/// each use; a Reshape to a row by a Flatten, and one back by keepdims; a Rescaling with lists by a
/// Normalization. Layers that only matter to training and do not exist here (RandomRotation, GaussianNoise,
/// ...) are dropped, as are initializers and regularizers that do not exist here. A configuration that is
/// already plain is returned unchanged. Errors are bad_config.
Result<Json> plain_config(const Json& config, const ModelLimits& limits, LeftOut& left_out);

/// The names of an inbound_nodes entry's layers, and which of their uses is meant.
struct KerasTensor {
  std::string layer;
  int use = 0;
};
/// Appends the tensors that a part of a configuration names. Its forms:
///   Keras 1 and 2, TensorFlow.js
///     [["conv2d", 0, 0, {}], ...]
///   Keras 3
///     {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["conv2d", 0, 0]}}], ...}
///   a layer with several inputs: the tensors in one more list
void collect_tensors(const Json& json, std::vector<KerasTensor>& tensors);

/// The pictures' shape with the batch, [null, 32, 32, 3], where a layer's or a model's configuration gives
/// it; otherwise null.
Json input_shape_of(const Json& entry);

}  // namespace cnn
