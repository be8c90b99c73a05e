#pragma once
/// One layer as lines of a PyTorch class. Maps are [N, C, H, W] there, as PyTorch has them, and rows
/// [N, units].
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/layers/layer.h"
#include "core/model/model.h"

namespace cnn {

/// Functions and classes that a program defines for its layers, in this order.
enum class TorchHelper {
  truncated_normal,
  dirac,
  reflect,
  mirror,
  nearest,
  wrap,
  random_flip,
  alternating_flip,
  random_translation,
  random_shift,
  random_cutout,
  normalization,
};

/// An array of the program's state_dict.
struct TorchArray {
  std::string name;  ///< "conv2d.weight"
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

class TorchLayer {
 public:
  TorchLayer(const Layer& own, std::string identifier) : layer(own), name(std::move(identifier)) {}

  const Layer& layer;
  std::string name;               ///< of the attribute
  std::vector<std::string> xs{};  ///< expressions of its inputs
  std::vector<Shape> x_shapes{};  ///< as they are here: [H, W, C]
  Shape y_shape{};
  std::span<const Parameter> parameters{};  ///< its own, in the order of Layer::params

  // What the layer writes.
  std::string constructor{};          ///< "nn.Conv2d(3, 32, 3)"; empty: it has no attribute
  std::vector<std::string> setup{};   ///< lines of __init__ after it
  std::vector<std::string> before{};  ///< lines of forward before its expression
  std::string y{};                    ///< expression of its output, without the activation
  std::string note{};                 ///< a comment behind it
  std::vector<TorchArray> arrays{};
  std::vector<std::string> names{};  ///< of its parameters: "conv2d.weight"
  std::set<TorchHelper> helpers{};
  bool adapts = false;     ///< computed from the pictures before training
  bool needs_two = false;  ///< pictures in a batch: it takes no mean and variance of a single number

  const std::string& x() const { return xs[0]; }
  const Shape& x_shape() const { return x_shapes[0]; }
  bool is_map() const { return x_shape().rank() == 3; }
  std::string self() const { return "self." + name; }
  std::string call(const std::string& argument) const { return self() + "(" + argument + ")"; }

  /// Adds parameter `index` as the array `suffix` of the layer ("weight"): its axes in the order `axes`, then
  /// as `shape` (empty: as that order leaves it).
  void array(std::size_t index, std::string_view suffix, std::span<const int> axes,
             std::vector<std::int64_t> shape = {});
  /// An array that is no parameter here: PyTorch has it in any case.
  void constant(std::string_view suffix, int size, float value);
};

/// Writes the layers of one class.
struct TorchWriter {
  std::string_view class_name;
  Result<void> (*write)(TorchLayer&);
};
std::span<const TorchWriter> torch_window_writers();

/// Writes the layer, without its activation. Error (bad_config): PyTorch has nothing like it.
Result<void> write_torch_layer(TorchLayer&);

/// f(x) for an activation; x itself for linear. `map`: x is [N, C, H, W].
std::string torch_activation(const ActivationSpec& spec, const std::string& x, bool map);

/// A line of __init__ that fills `target` as the initializer does; empty for what `usual` has already done.
/// Fans as in Keras.
std::string torch_initializer(const ParameterSpec& spec, const std::string& target, TorchLayer& layer);

std::string text_of(TorchHelper helper);

}  // namespace cnn
