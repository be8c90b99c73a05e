#pragma once
/// A network and its training as a PyTorch program.
#include <vector>

#include "core/formats/model_files.h"

namespace cnn {

/// Makes cnn_pytorch.py and cnn_pytorch.safetensors, the weights as the program's state_dict. The training is
/// that of notes.fit, else the default; the names of the classes tell where the pictures are (script_data).
/// Errors: bad_config names a layer that has no text; bad_argument for settings that cannot be read.
Result<std::vector<ModelFile>> export_pytorch(const Model& model, const ModelNotes& notes);

}  // namespace cnn
