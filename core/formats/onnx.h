#pragma once
/// Export of models as ONNX files, for ONNX Runtime and other tools, and import.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/formats/checkpoint.h"
#include "core/model/model.h"
#include "core/onnx/onnx_file.h"

namespace cnn {

/// Input "pixels": uint8 [N, height, width, channels], RGB; the division by 255 is part of the graph, unless
/// the model takes bytes. Output "probabilities": float32 [N, classes]; a model that ends in logits gets a
/// softmax. The class names are in the file's metadata ("class_names", a JSON list). Errors (bad_config) name
/// the layer for which ONNX has no operator.
Result<std::vector<std::uint8_t>> export_onnx(const Model& model, std::span<const std::string> class_names);

/// Reads files of export_onnx, and graphs of convolutions, poolings, dense layers, normalizations,
/// activations, sums and products as PyTorch and other tools write them. The input is [N, C, H, W] or
/// [N, H, W, C], with pixels from 0 to 1 or from 0 to 255, which is detected from the first nodes of the
/// graph. If there are several outputs, the classifier's is taken. others: files beside the model that
/// contain its weights. Errors (bad_model_file) name the node.
Result<LoadedModel> import_onnx(std::span<const std::uint8_t> file, const ModelLimits& limits = {},
                                std::span<const OnnxSideFile> others = {});

}  // namespace cnn
