#pragma once
/// core/training/optimizers.h: how weights follow their gradients. Formulas and defaults are Keras's
/// (keras.optimizers); weight decay is decoupled in all of them (w -= learning_rate * weight_decay * w), as
/// in Keras 3.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/choice.h"
#include "core/base/fields.h"
#include "core/kernels/optimizer_step.h"
#include "core/run/exec.h"

namespace cnn {

/// One parameter array's step.
struct OptimizerStep {
  std::int64_t step = 1;     ///< of the whole training, from 1
  double learning_rate = 0;  ///< schedules and groups already in it
  double weight_decay = 0;
  double gradient_scale = 1;  ///< gradients count this much: clipping by norm
  std::size_t size = 0;
  float* weights = nullptr;
  const float* gradients = nullptr;
  float* const* slots = nullptr;  ///< as many as slots() names, each of `size`, zero before the first step
};

class Optimizer {
 public:
  static std::span<const Family<Optimizer>> types();
  virtual ~Optimizer() = default;
  virtual std::string_view class_name() const = 0;
  virtual std::string_view help() const = 0;
  virtual void fields(Fields&) = 0;
  /// Arrays kept for each parameter, by the names checkpoints give them.
  virtual std::span<const std::string_view> slots() const = 0;
  virtual void update(Exec&, const OptimizerStep&) const = 0;
  /// The same step for a layer that takes Adam's itself (Layer::fuses_adam); empty for other optimizers.
  virtual std::optional<AdamStep> adam_step(const OptimizerStep&) const { return {}; }

  double learning_rate = 0.001;
  std::optional<double> weight_decay;
  std::optional<double> clipnorm;         ///< largest norm of one array's gradient
  std::optional<double> global_clipnorm;  ///< largest norm of all gradients together
  bool use_ema = false;
  double ema_momentum = 0.99;
  /// Lookahead (Zhang et al. 2019): every so many steps  slow = d * slow + (1 - d) * weights, and the weights
  /// go on from there, with d = lookahead_decay * progress^lookahead_power. 0 steps: never. At the end the
  /// slow weights are what stays.
  int lookahead_steps = 0;
  double lookahead_decay = 0.5, lookahead_power = 0;

 protected:
  /// The fields that all optimizers have, after their own.
  void common_fields(Fields&);
};

/// velocity = momentum * velocity - learning_rate * g;  w += velocity
/// nesterov: w += momentum * velocity - learning_rate * g
/// form pytorch (torch.optim.SGD): velocity = momentum * velocity + g + weight_decay * w, and w loses
/// learning_rate * velocity. Under a schedule it is another run: a new rate counts for the whole velocity.
class Sgd final : public Optimizer {
 public:
  enum class Form { keras, pytorch };
  Sgd() { learning_rate = 0.01; }
  double momentum = 0;
  bool nesterov = false;
  Form form = Form::keras;

  std::string_view class_name() const override { return "SGD"; }
  std::string_view help() const override {
    return "Steps against the gradient; with momentum it keeps rolling in the direction it had.";
  }
  void fields(Fields&) override;
  std::span<const std::string_view> slots() const override;
  void update(Exec&, const OptimizerStep&) const override;
};

std::span<const std::string_view> names_of(Sgd::Form);

/// v = rho * v + (1 - rho) * g^2;  w -= learning_rate * g / sqrt(v + epsilon), through momentum where there
/// is some
class RmsProp final : public Optimizer {
 public:
  double rho = 0.9, momentum = 0, epsilon = 1e-7;

  std::string_view class_name() const override { return "RMSprop"; }
  std::string_view help() const override {
    return "Divides each weight's step by the usual size of its gradient, so that all weights move alike.";
  }
  void fields(Fields&) override;
  std::span<const std::string_view> slots() const override;
  void update(Exec&, const OptimizerStep&) const override;
};

/// m = beta_1 * m + (1 - beta_1) * g;  v = beta_2 * v + (1 - beta_2) * g^2
/// w -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)
/// (Kingma and Ba 2015, the form before section 2.1: epsilon is their epsilon-hat, as in Keras.)
class Adam : public Optimizer {
 public:
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;

  std::optional<AdamStep> adam_step(const OptimizerStep&) const override;

  std::string_view class_name() const override { return "Adam"; }
  std::string_view help() const override {
    return "Momentum and a step size of its own for each weight; works well with its defaults.";
  }
  void fields(Fields&) override;
  std::span<const std::string_view> slots() const override;
  void update(Exec&, const OptimizerStep&) const override;
};

/// Adam with weight decay from the start (Loshchilov and Hutter 2019).
class AdamW final : public Adam {
 public:
  AdamW() { weight_decay = 0.004; }
  std::string_view class_name() const override { return "AdamW"; }
  std::string_view help() const override {
    return "Adam that also shrinks all weights a little at every step, against overfitting.";
  }
};

}  // namespace cnn
