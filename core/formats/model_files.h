#pragma once
/// Export and import of models in every supported file format: the single entry point for the page and the
/// program `cnn`.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/formats/checkpoint.h"
#include "core/model/model.h"

namespace cnn {

struct ModelFile {
  std::string name;
  std::vector<std::uint8_t> bytes;
};

/// A view of a file.
struct FileView {
  std::string name;
  std::span<const std::uint8_t> bytes;
};

/// "safetensors", "tfjs", "onnx", and programs with their weights: "pytorch", "keras"
std::span<const std::string_view> model_formats();
/// Whether a format is a program, which trains as notes.fit says.
bool is_program(std::string_view format);

/// Weights, configuration and class names in the given format. safetensors also stores the notes, except what
/// resuming needs (that is save_checkpoint). float16 halves a safetensors file. Errors: bad_argument for an
/// unknown format; bad_config, which names the layer, for a layer that the format lacks.
Result<std::vector<ModelFile>> export_model(std::string_view format, const Model& model,
                                            const ModelNotes& notes, NumberType type = NumberType::float32);

/// Detects the format from the content: one of the formats above, or a Keras configuration alone (the weights
/// must then be initialized). Weights next to a configuration are loaded into it; if they do not fit, the
/// import fails. Labels (metadata.json, labels.txt) become class names; of several
/// models, `file_taken` says which was read; other files next to a model are ignored. built: the network that
/// gets weights without a configuration; may be null. For files of other programs, the error says what they
/// are and how to convert them.
Result<LoadedModel> import_model(std::span<const FileView> files, const Model* built = nullptr,
                                 const ModelLimits& limits = {});

/// The same, but always returns the network `built`, with those weights of the files that fit it.
Result<LoadedModel> import_weights(std::span<const FileView> files, const Model& built,
                                   const ModelLimits& limits = {});

}  // namespace cnn
