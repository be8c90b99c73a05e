#pragma once
/// Reads and writes the files and folders that the command line names.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/formats/checkpoint.h"

namespace cnn::cli {

Result<std::vector<std::uint8_t>> read_file(const std::string& path);
/// Writes to a second file beside it and renames it, so that an existing file stays intact until then.
Result<void> write_file(const std::string& path, std::span<const std::uint8_t> bytes);
Result<void> write_file(const std::string& path, std::string_view text);

/// "sample", "sample:SEED", a folder of batches, a batch, or an archive of batches.
Result<DatasetPair> load_data(const std::string& source);

/// The name of a preset, or a file or folder with a model: .safetensors, .onnx, TensorFlow.js's model.json,
/// or a configuration. Weights that no file holds are initialized from the seed.
/// into: a preset or a configuration, for the weights of the source alone; empty: the source is the model.
Result<LoadedModel> load_model(const std::string& source, std::uint64_t seed, const std::string& into = {});

}  // namespace cnn::cli
