#pragma once
/// A network and its training as a program for Keras 3.
#include <vector>

#include "core/formats/model_files.h"

namespace cnn {

/// Makes cnn_keras.py and cnn_keras.safetensors, the weights under the names of the program's layers. The
/// training is that of notes.fit, else the default; the names of the classes tell where the pictures are
/// (script_data). Errors: bad_config names the layer and the option that Keras lacks, and what to use
/// instead; bad_argument an option of the training.
Result<std::vector<ModelFile>> export_keras(const Model& model, const ModelNotes& notes);

}  // namespace cnn
