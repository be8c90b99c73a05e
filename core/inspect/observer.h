#pragma once
/// A copy of a network for inspection. It runs one picture forward and back and keeps every number. The
/// original network does not change: neither weights, moving averages, gradients nor plans.

#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/model/model.h"
#include "core/run/exec.h"

namespace cnn {

class Observer {
 public:
  /// out_of_memory if there is no room for a second copy of the weights.
  static Result<Observer> make(const Model& model);
  /// Copies the weights of a network with the same configuration.
  void take_weights(const Model& model);

  /// Runs one picture, x [input_shape], as in inference. Keeps a copy of x.
  Result<void> look(Exec&, std::span<const float> x);
  /// Computes the gradient of logit `class_index` with respect to every output. Requires a look().
  void go_back(Exec&, int class_index);

  Model& model() { return model_; }
  const Model& model() const { return model_; }
  std::span<const float> picture() const { return x_; }
  /// [layer_shape], after the activation function. Empty before a look().
  std::span<const float> output(int layer) const { return model_.layer_output(layer); }
  /// Gradient of the logit with respect to that output. Empty before a go_back().
  std::span<const float> gradient(int layer) const { return model_.layer_gradient(layer); }
  /// Whether the layer has an activation function, so that before_activation() differs from output().
  bool has_activation(int layer) const;
  /// [layer_shape], the input of the activation function: the layer's own computation is repeated on its
  /// inputs.
  std::vector<float> before_activation(Exec&, int layer) const;
  /// The layer's parameter arrays, in the layer's order.
  std::vector<float*> parameters(int layer) const;
  /// Runs x [rows, input_shape] as in inference, keeps every number and returns the outputs. Discards the
  /// last look().
  Result<const float*> keep_all(Exec&, const float* x, int rows);
  /// One probability per class: the output, through softmax if the model leaves softmax to the loss.
  std::vector<float> probabilities(Exec&) const;

 private:
  explicit Observer(Model model) : model_(std::move(model)) {}
  Model model_;
  std::vector<float> x_;
};

/// Height, width and channels of an output; a vector of units is one cell.
struct Grid {
  int rows = 1, columns = 1, channels = 1;
};
Grid grid(const Shape&);

/// One number of a layer's output.
struct Unit {
  int row = 0, column = 0, channel = 0;
};
bool is_inside(const Grid&, const Unit&);
std::size_t index_of(const Grid&, const Unit&);

/// The last layer with parameters, which outputs the classes; -1 if no layer has any.
int last_learning_layer(const Model&);

}  // namespace cnn
