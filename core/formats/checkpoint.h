#pragma once
/// core/formats/checkpoint.h: a model as one .safetensors file: its weights under Keras-like names
/// ("conv2d/kernel"), its Keras configuration and what is known of its training in the metadata, and, where
/// training is to go on, the trainer's arrays ("optimizer/m/conv2d/kernel").
///   metadata   format "cnn-playground", config, class_names, history, fit, training: JSON texts, all but
///   config optional
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/base/tensor_view.h"
#include "core/model/model.h"

namespace cnn {

/// What a file says besides the weights. Null where it says nothing.
struct ModelNotes {
  std::vector<std::string> class_names;
  Json history;   ///< rows, as core/training/history.h writes them
  Json fit;       ///< the options of the last training
  Json training;  ///< the trainer's numbers, with which (and its arrays) it goes on bit for bit
};

/// An array of the trainer. It belongs to whoever made it.
struct StateArray {
  std::string name;
  std::span<const float> values;
};

/// A model from a file. It is a new one, so that the model in use stays as it is until everything has been
/// read.
struct LoadedModel {
  Model model;
  ModelNotes notes;
  bool has_weights =
      true;  ///< false: the file was a configuration only, and the weights wait for initialize()
  std::vector<std::string> state_names;
  std::vector<std::vector<float>> state;  ///< by state_names
};

/// float16 halves the file and rounds the weights; such a file is to predict with, so the state must be empty
/// then.
std::vector<std::uint8_t> save_checkpoint(const Model& model, const ModelNotes& notes,
                                          std::span<const StateArray> state,
                                          NumberType type = NumberType::float32);

/// config: for files that carry none, such as another tool's; null: such a file is an error. Arrays that are
/// missing, have another shape or hold a NaN are errors (bad_model_file) that name them.
Result<LoadedModel> load_checkpoint(std::span<const std::uint8_t> file, const Json* config = nullptr,
                                    const ModelLimits& limits = {});

/// Copies an array of a file into a parameter. `subject` is the format, for the sentence where it does not
/// fit.
Result<void> set_parameter(Parameter& parameter, const TensorView& tensor, std::string_view subject);

/// No more parameters than a file of that size can hold: an invented configuration claims no memory.
ModelLimits limits_for_file(std::size_t bytes, ModelLimits limits);

}  // namespace cnn
