#pragma once
/// core/formats/model_files.h: models as files of any format known here, and back. The page and the program
/// `cnn` come in through this door.
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

/// A file that belongs to somebody else.
struct FileView {
  std::string name;
  std::span<const std::uint8_t> bytes;
};

/// "safetensors", "tfjs", "onnx"
std::span<const std::string_view> model_formats();

/// Weights, configuration and the classes' names in that format; safetensors keeps the notes as well, but for
/// what a training needs to go on (save_checkpoint). float16 halves a safetensors file. An unknown format is
/// bad_argument; a layer that the format does not know is bad_config and named.
Result<std::vector<ModelFile>> export_model(std::string_view format, const Model& model,
                                            const ModelNotes& notes, NumberType type = NumberType::float32);

/// Whatever the files are, told by their content: one of the formats above, or a Keras configuration alone
/// (weights are drawn anew then). config: for weights that come without one; may be null.
Result<LoadedModel> import_model(std::span<const FileView> files, const Json* config = nullptr,
                                 const ModelLimits& limits = {});

}  // namespace cnn
