#pragma once
/// Optimizers: how weights follow their gradients. Formulas and defaults are Keras's (keras.optimizers).
/// Weight decay is decoupled in all of them, as in Keras 3:
///   w -= learning_rate * weight_decay * w

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

/// A step for one parameter array.
struct OptimizerStep {
  std::int64_t step = 1;     ///< number in the whole training, from 1
  double learning_rate = 0;  ///< with the factors of schedule and parameter group
  double weight_decay = 0;
  double gradient_scale = 1;  ///< factor for the gradients: clipping by norm
  std::size_t size = 0;
  float* weights = nullptr;
  const float* gradients = nullptr;
  float* const* slots = nullptr;  ///< one per name in slots(), each of `size`; zero before the first step
};

class Optimizer {
 public:
  static std::span<const Family<Optimizer>> types();
  virtual ~Optimizer() = default;
  virtual std::string_view class_name() const = 0;
  virtual std::string_view help() const = 0;
  virtual void fields(Fields&) = 0;
  /// Names of the arrays kept for each parameter, as in checkpoints.
  virtual std::span<const std::string_view> slots() const = 0;
  virtual void update(Exec&, const OptimizerStep&) const = 0;
  /// The same step for a layer that applies Adam's step itself (Layer::fuses_adam); empty for other
  /// optimizers.
  virtual std::optional<AdamStep> adam_step(const OptimizerStep&) const { return {}; }

  double learning_rate = 0.001;
  std::optional<double> weight_decay;
  std::optional<double> clipnorm;         ///< largest norm of one array's gradient
  std::optional<double> global_clipnorm;  ///< largest norm of all gradients together
  bool use_ema = false;
  double ema_momentum = 0.99;
  /// Lookahead (Zhang et al. 2019). Every lookahead_steps steps (0: never), with progress from 0 to 1,
  ///   d       = lookahead_decay * progress^lookahead_power
  ///   slow    = d * slow + (1 - d) * weights
  ///   weights = slow
  /// The slow weights are the result of the training.
  int lookahead_steps = 0;
  double lookahead_decay = 0.5, lookahead_power = 0;

 protected:
  /// The fields that all optimizers share, after their own.
  void common_fields(Fields&);
};

/// Stochastic gradient descent.
///   velocity = momentum * velocity - learning_rate * g
///   w += velocity
///   w += momentum * velocity - learning_rate * g          with nesterov
/// Form pytorch (torch.optim.SGD):
///   velocity = momentum * velocity + g + weight_decay * w
///   w -= learning_rate * velocity
/// The forms differ under a schedule: with pytorch's a new rate applies to the whole velocity.
class Sgd final : public Optimizer {
 public:
  enum class Form { keras, pytorch };
  Sgd() { learning_rate = 0.01; }
  double momentum = 0;
  bool nesterov = false;
  Form form = Form::keras;

  std::string_view class_name() const override { return "SGD"; }
  std::string_view help() const override {
    return "Steps against the gradient; with momentum it keeps moving in its previous direction.";
  }
  void fields(Fields&) override;
  std::span<const std::string_view> slots() const override;
  void update(Exec&, const OptimizerStep&) const override;
};

std::span<const std::string_view> names_of(Sgd::Form);

///   v  = rho * v + (1 - rho) * g^2
///   w -= learning_rate * g / sqrt(v + epsilon)
/// With momentum the step is accumulated:
///   m  = momentum * m + learning_rate * g / sqrt(v + epsilon)
///   w -= m
class RmsProp final : public Optimizer {
 public:
  double rho = 0.9, momentum = 0, epsilon = 1e-7;

  std::string_view class_name() const override { return "RMSprop"; }
  std::string_view help() const override {
    return "Divides each weight's step by the typical size of its gradient, so that all weights move at a "
           "similar rate.";
  }
  void fields(Fields&) override;
  std::span<const std::string_view> slots() const override;
  void update(Exec&, const OptimizerStep&) const override;
};

///   m  = beta_1 * m + (1 - beta_1) * g
///   v  = beta_2 * v + (1 - beta_2) * g^2
///   w -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)
/// (Kingma and Ba 2015, the form before section 2.1: epsilon is their epsilon-hat, as in Keras.)
class Adam : public Optimizer {
 public:
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;

  std::optional<AdamStep> adam_step(const OptimizerStep&) const override;

  std::string_view class_name() const override { return "Adam"; }
  std::string_view help() const override {
    return "Momentum and an individual step size for each weight; works well with its defaults.";
  }
  void fields(Fields&) override;
  std::span<const std::string_view> slots() const override;
  void update(Exec&, const OptimizerStep&) const override;
};

/// Adam whose default has weight decay (Loshchilov and Hutter 2019).
class AdamW final : public Adam {
 public:
  AdamW() { weight_decay = 0.004; }
  std::string_view class_name() const override { return "AdamW"; }
  std::string_view help() const override {
    return "Adam that also shrinks all weights a little at every step, against overfitting.";
  }
};

}  // namespace cnn
