#pragma once
/// core/formats/tfjs.h: models as TensorFlow.js keeps them ("layers-model"): model.json, with a Keras
/// configuration and a list of weights, and the weights' numbers in .bin files beside it. The Keras converter
/// reads the same.
#include <span>
#include <string>
#include <vector>

#include "core/formats/model_files.h"

namespace cnn {

/// model.json and group1-shard1of1.bin. TensorFlow.js has its own vocabulary: activations it has no word for
/// become layers after the layer they belong to; layers that work in training only and that it does not know
/// are left out. Errors (bad_config) name the layer that it lacks.
Result<std::vector<ModelFile>> export_tfjs(const Model& model, std::span<const std::string> class_names);

/// `model_json` is the parsed model.json, `files` what came with it. Weights may be float32, or quantized to
/// float16, uint8 or uint16. Errors (bad_model_file) name the layer, weight or file.
Result<LoadedModel> import_tfjs(const Json& model_json, std::span<const FileView> files,
                                const ModelLimits& limits = {});

}  // namespace cnn
