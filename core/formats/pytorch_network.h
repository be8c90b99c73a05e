#pragma once
/// A network as a PyTorch class.
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/formats/pytorch_layer.h"
#include "core/model/model.h"

namespace cnn {

struct TorchNetwork {
  std::string text;                 ///< class Network
  std::set<TorchHelper> helpers{};  ///< that it uses
  std::vector<TorchArray> arrays{};
  std::vector<std::string> names{};         ///< of the model's parameters, in their order: "conv2d.weight"
  std::vector<std::string> adapted{};       ///< attributes computed from the pictures before training
  std::vector<std::string> frozen_norms{};  ///< batch normalizations that stay in evaluation
  std::vector<std::string> frozen{};        ///< attributes with arrays that do not learn
  std::string needs_two{};                  ///< a layer that takes no batch of one picture; empty: none
};

/// How a program writes an array of the owner: "network.conv2d.weight", "self.separable_conv2d[0].weight".
std::string torch_attribute(const std::string& owner, const std::string& name);

/// Errors (bad_config) name the layer for which there is no text.
Result<TorchNetwork> write_torch_network(const Model& model);

/// The layers of FitOptions::augmentation as modules, "RandomFlip(3)" each. Error (bad_config): a layer of
/// another kind.
Result<std::vector<std::string>> torch_augmentation(const Model& augmentation,
                                                    std::set<TorchHelper>& helpers);

}  // namespace cnn
