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
/// needs_weights: those that lie beside a configuration under names of their own must then not be passed
/// over.
Result<LoadedModel> load_model(const std::string& source, std::uint64_t seed, const std::string& into = {},
                               bool needs_weights = false);

/// For commands that use the weights. Writes to stderr which of them went where, if they were fitted to a
/// network, or that there are none. Errors: also where layers have no weights, unless `partial`.
Result<LoadedModel> load_trained(const std::string& source, const std::string& into, bool partial);

/// What became of weights that were fitted to a network, a line each (to_json of Fit); empty for null.
std::string about_fitted(const Json& fitted);

}  // namespace cnn::cli
