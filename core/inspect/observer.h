#pragma once
/// core/inspect/observer.h: a copy of a network to look at. What is done here, one picture forward and back
/// with every number kept, leaves the network it was made of as it is: weights, moving averages, gradients
/// and plans.
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/model/model.h"
#include "core/run/exec.h"

namespace cnn {

class Observer {
 public:
  /// out_of_memory where there is no room for a second copy of the weights.
  static Result<Observer> make(const Model& model);
  /// The weights of a network of the same configuration.
  void take_weights(const Model& model);

  /// Shows it one picture, x [input_shape], as in inference. It keeps a copy of x.
  Result<void> look(Exec&, std::span<const float> x);
  /// The gradient of logit `class_index` by everything. After a look().
  void go_back(Exec&, int class_index);

  Model& model() { return model_; }
  const Model& model() const { return model_; }
  std::span<const float> picture() const { return x_; }
  /// [layer_shape], after the activation. Empty before a look().
  std::span<const float> output(int layer) const { return model_.layer_output(layer); }
  /// Of the logit, by that output. Empty before a go_back().
  std::span<const float> gradient(int layer) const { return model_.layer_gradient(layer); }
  /// Whether the layer has an activation function; otherwise there is nothing before it.
  bool has_activation(int layer) const;
  /// [layer_shape], what went into the activation function: the layer's own work done once more, on what it
  /// got.
  std::vector<float> before_activation(Exec&, int layer) const;
  /// The arrays of the layer's parameters, in its own order.
  std::vector<float*> parameters(int layer) const;
  /// Runs x [rows, input_shape] as in inference, with every number kept; the outputs. What it looked at is
  /// lost.
  Result<const float*> keep_all(Exec&, const float* x, int rows);
  /// One number a class: the output, through softmax where the model leaves that to the loss.
  std::vector<float> probabilities(Exec&) const;

 private:
  explicit Observer(Model model) : model_(std::move(model)) {}
  Model model_;
  std::vector<float> x_;
};

/// Height, width and channels; a row of units is one cell.
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

/// The layer whose parameters come last, from which the classes are read; -1 where nothing learns.
int last_learning_layer(const Model&);

}  // namespace cnn
