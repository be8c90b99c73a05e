#pragma once
/// A model as one .safetensors file: its weights under Keras-like names ("conv2d/kernel"), its Keras
/// configuration and its training history in the metadata, and, for resuming training, the trainer's arrays
/// ("optimizer/m/conv2d/kernel").
///   metadata   format: "cnn-playground"
///              config, class_names, history, fit, training, data: JSON texts, all optional except config
///              input_range: "0..1" or "0..255", the pixels that the first layer takes
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/base/tensor_view.h"
#include "core/formats/fit_weights.h"
#include "core/model/model.h"

namespace cnn {

/// What a file contains besides the weights. Null where it is missing.
struct ModelNotes {
  std::vector<std::string> class_names;
  Json history;   ///< rows, as core/training/history.h writes them
  Json fit;       ///< the options of the last training
  Json training;  ///< the trainer's numbers; with its arrays they make resuming bit-identical
  Json data{};    ///< which data set the last training used, as its program describes it
};

/// A view of one of the trainer's arrays.
struct StateArray {
  std::string name;
  std::span<const float> values;
};

/// A model from a file. It is a new model, so the one in use stays unchanged until everything has been read.
struct LoadedModel {
  Model model;
  ModelNotes notes;
  bool has_weights = true;  ///< false: a configuration only; call initialize() for weights
  std::vector<std::string> state_names;
  std::vector<std::vector<float>> state;  ///< in the order of state_names
  /// Set if the weights were fitted to an existing network (to_json of Fit, fit_weights.h); otherwise null.
  Json fitted{};
  std::string output_taken{};  ///< for a file with several outputs: a sentence saying which one was chosen
  std::string file_taken{};    ///< for several models at once: sentences saying which file was read, and why
};

/// float16 halves the file and rounds the weights; such a file is for prediction only, so `state` must be
/// empty.
std::vector<std::uint8_t> save_checkpoint(const Model& model, const ModelNotes& notes,
                                          std::span<const StateArray> state,
                                          NumberType type = NumberType::float32);

/// config: for files without a configuration, such as other tools'; null: such a file is an error. Arrays
/// that are missing, have the wrong shape or hold a NaN are errors (bad_model_file) that name the array.
Result<LoadedModel> load_checkpoint(std::span<const std::uint8_t> file, const Json* config = nullptr,
                                    const ModelLimits& limits = {});

/// A model like `built`, with the weights of the file that fit it. For files without a configuration.
Result<LoadedModel> load_weights(std::span<const std::uint8_t> file, const Model& built, Share share);
/// The same with the weights of another model.
Result<LoadedModel> take_weights(const Model& from, const Model& built, std::string_view subject);
/// Whether a safetensors file has the configuration of a model.
bool has_configuration(std::span<const std::uint8_t> file);

/// Copies an array of a file into a parameter. Errors begin with `subject`, the format.
Result<void> set_parameter(Parameter& parameter, const TensorView& tensor, std::string_view subject);

/// Lowers the limit to the parameters that a file of that size can hold, so that a forged configuration
/// cannot claim memory.
ModelLimits limits_for_file(std::size_t bytes, ModelLimits limits);

}  // namespace cnn
