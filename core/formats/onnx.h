#pragma once
/// core/formats/onnx.h: models as ONNX files, for ONNX Runtime and the tools that read its format, and back.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/formats/checkpoint.h"
#include "core/model/model.h"

namespace cnn {

/// Input "pixels": uint8 [N, height, width, channels], RGB as a picture has it; the division by 255 is part
/// of the graph. Output "probabilities": float32 [N, classes]; a model that ends in logits gets a softmax.
/// The classes' names are in the file's metadata ("class_names", a JSON list). Errors (bad_config) name the
/// layer that ONNX has no operator for.
Result<std::vector<std::uint8_t>> export_onnx(const Model& model, std::span<const std::string> class_names);

/// Reads what export_onnx wrote, and graphs of convolutions, poolings, dense layers, batch normalization,
/// activations, sums and concatenations as PyTorch and others write them: input [N, C, H, W] or [N, H, W, C],
/// bytes that the graph scales to 0..1 or numbers already in that range. Errors (bad_model_file) name the
/// node.
Result<LoadedModel> import_onnx(std::span<const std::uint8_t> file, const ModelLimits& limits = {});

}  // namespace cnn
