#pragma once
/// Export and import of TensorFlow.js "layers-model" files: model.json, with a Keras configuration and a list
/// of weights, and .bin files with the numbers. The Keras converter reads the same format.
#include <span>
#include <string>
#include <vector>

#include "core/formats/model_files.h"

namespace cnn {

/// Makes model.json and group1-shard1of1.bin. An activation without a TensorFlow.js name becomes a layer
/// after the layer it belongs to; unsupported layers that are active in training only are left out. Errors
/// (bad_config) name the layer that TensorFlow.js lacks.
Result<std::vector<ModelFile>> export_tfjs(const Model& model, std::span<const std::string> class_names);

/// `model_json` is the parsed model.json, `files` the other files. Weights may be float32, or quantized to
/// float16, uint8 or uint16. Errors (bad_model_file) name the layer, weight or file.
Result<LoadedModel> import_tfjs(const Json& model_json, std::span<const FileView> files,
                                const ModelLimits& limits = {});

}  // namespace cnn
