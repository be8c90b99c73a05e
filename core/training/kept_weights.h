#pragma once
/// The copies of a model's weights that a training keeps: the moving average, Lookahead's slow weights, the
/// best weights and the last good ones.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/run/exec.h"
#include "core/training/optimizers.h"

namespace cnn {

/// An array of the training that is not a parameter of the model, by name: "optimizer/m/conv2d/kernel".
struct NamedArray {
  std::string name;
  std::span<float> values;
};

/// Which copies exist depends on the optimizer: the moving average with use_ema, slow weights with
/// lookahead_steps > 0. There are no best weights until keep_best(). The functions for a copy that does not
/// exist do nothing. All copies but the average include parameters without gradients, such as batch
/// normalization's moving averages.
class KeptWeights {
 public:
  /// Copies the current weights. Model and optimizer must outlive it.
  KeptWeights(Model&, const Optimizer&);

  /// Updates the average of one parameter after training step `step`. Step 1 sets it to the weights; then
  ///   average = ema_momentum * average + (1 - ema_momentum) * weights
  void update_average(Exec&, std::size_t parameter, std::int64_t step);
  /// Swaps the averaged weights into the model (true) or back out of it.
  void use_average(bool in_model);
  bool average_in_model() const { return average_in_model_; }

  /// Sets the slow weights to the current ones.
  void restart_slow();
  ///   slow    = decay * slow + (1 - decay) * weights
  ///   weights = slow
  void look_ahead(Exec&, double decay);

  /// Copies the weights that were validated: the average, if there is one.
  void keep_best();
  bool has_best() const { return !best_.empty(); }
  /// Ends a training: the model gets the best weights, else the averaged ones, else it stays as it is.
  void put_result();

  /// Weights to return to when training diverges.
  void keep_last_good() { copy(last_good_); }
  void put_last_good();

  /// For checkpoints: the arrays of one parameter, as views.
  void append_arrays(std::size_t parameter, std::vector<NamedArray>&);
  /// Begins to restore a checkpoint, whose parameters must be in the model. The caller then fills the views
  /// of append_arrays().
  void begin_restore(bool average_in_model, bool has_best);

 private:
  using Weights = std::vector<std::vector<float>>;  // by parameter
  void copy(Weights& to) const;
  void put(const Weights& from);

  Model& model_;
  const Optimizer& optimizer_;
  Weights average_, slow_;  // empty without use_ema, without lookahead_steps
  Weights best_, last_good_;
  bool average_in_model_ = false;
};

}  // namespace cnn
