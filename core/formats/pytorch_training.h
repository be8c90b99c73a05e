#pragma once
/// The training of a PyTorch program: its functions for the loss, the evaluation and the training, with
/// nothing that is not in use.
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/formats/pytorch_network.h"
#include "core/model/model.h"
#include "core/training/fit_options.h"

namespace cnn {

/// What the program's parts need to know of each other.
struct TorchTraining {
  const Model& model;
  const TorchNetwork& network;
  const FitOptions& fit;
  std::vector<std::string> augmentation;  ///< modules of FitOptions::augmentation
  bool alternates = false;                ///< there is an AlternatingFlip

  bool learns() const;  ///< false: every layer is frozen, or none has weights
  bool penalizes() const;
  bool views() const { return fit.test_time_augmentation != Views::plain; }
  bool partial() const;  ///< the last epoch is
};

/// The constants at the top: "EPOCHS = 3".
std::string torch_constants(const TorchTraining& t);
/// Functions before train().
std::string torch_functions(const TorchTraining& t);
/// Optimizers that PyTorch has with other formulas; empty where its own is used.
std::string torch_optimizer_class(const TorchTraining& t);
/// Lines of train() that make the optimizer.
std::string torch_optimizer(const TorchTraining& t);
/// The functions train() and adapt().
std::string torch_train(const TorchTraining& t);

}  // namespace cnn
