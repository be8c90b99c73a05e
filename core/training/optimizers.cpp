#include "core/training/optimizers.h"

#include <cmath>

namespace cnn {
namespace {

constexpr std::string_view kVelocity[] = {"velocity"};
constexpr std::string_view kSquares[] = {"velocity", "momentum"};  // Keras's names
constexpr std::string_view kMoments[] = {"m", "v"};
constexpr std::string_view kForms[] = {"keras", "pytorch"};

float decay(const OptimizerStep& s) { return static_cast<float>(s.learning_rate * s.weight_decay); }

}  // namespace

void Optimizer::common_fields(Fields& field) {
  field("weight_decay", weight_decay, {.min = 0, .max = 1000, .empty = "off"},
        "Each step reduces every weight by this share of it, times the learning rate.");
  field("clipnorm", clipnorm, {.min = 0, .empty = "off"},
        "Largest norm of one parameter array's gradient; a larger gradient is scaled down.");
  field("global_clipnorm", global_clipnorm, {.min = 0, .empty = "off"},
        "Largest norm of all gradients together; larger gradients are scaled down.");
  field("use_ema", use_ema, "Evaluates with a moving average of the weights, which fluctuates less.");
  field("ema_momentum", ema_momentum, {.min = 0, .max = 1},
        "Share of the average that remains at every step.");
  field("lookahead_steps", lookahead_steps, {.min = 0, .max = 1e6},
        "Number of steps after which the weights are pulled back toward their slow average, which is also "
        "the final result; 0: never.");
  field("lookahead_decay", lookahead_decay, {.min = 0, .max = 1},
        "Share of the slow average that remains each time.");
  field("lookahead_power", lookahead_power, {.min = 0, .max = 10},
        "lookahead_decay is multiplied by the training progress raised to this power; 0 keeps it constant.");
}

void Sgd::fields(Fields& field) {
  field("learning_rate", learning_rate, {.min = 0}, "Step size.");
  field("momentum", momentum, {.min = 0, .max = 1}, "Share of the last step that is repeated.");
  field("nesterov", nesterov, "Looks ahead along the momentum before each step.");
  field("form", form,
        "keras: the velocity accumulates steps, and weight decay shrinks the weights directly. pytorch: the "
        "velocity accumulates gradients and weight decay, so a new learning rate scales all of it at once.");
  common_fields(field);
}

std::span<const std::string_view> names_of(Sgd::Form) { return kForms; }

std::span<const std::string_view> Sgd::slots() const {
  return momentum > 0 ? std::span<const std::string_view>(kVelocity) : std::span<const std::string_view>();
}

void Sgd::update(Exec& exec, const OptimizerStep& s) const {
  SgdStep step;
  const auto rate = static_cast<float>(s.learning_rate);
  step.momentum = static_cast<float>(momentum);
  step.nesterov = nesterov;
  if (form == Form::pytorch) {
    step.learning_rate = 1;
    step.share = rate;
    step.gradient_decay = static_cast<float>(s.weight_decay);
  } else {
    step.learning_rate = rate;
    step.weight_decay = decay(s);
  }
  step.gradient_scale = static_cast<float>(s.gradient_scale);
  sgd_update(exec, step, s.size, s.weights, s.gradients, momentum > 0 ? s.slots[0] : nullptr);
}

void RmsProp::fields(Fields& field) {
  field("learning_rate", learning_rate, {.min = 0}, "Step size.");
  field("rho", rho, {.min = 0, .max = 1}, "Decay of the moving average of squared gradients.");
  field("momentum", momentum, {.min = 0, .max = 1}, "Share of the last step that is repeated.");
  field("epsilon", epsilon, {.min = 0, .max = 1}, "Avoids division by zero.");
  common_fields(field);
}

std::span<const std::string_view> RmsProp::slots() const {
  return std::span<const std::string_view>(kSquares).first(momentum > 0 ? 2 : 1);
}

void RmsProp::update(Exec& exec, const OptimizerStep& s) const {
  RmspropStep step;
  step.learning_rate = static_cast<float>(s.learning_rate);
  step.rho = rho;
  step.momentum = static_cast<float>(momentum);
  step.epsilon = static_cast<float>(epsilon);
  step.weight_decay = decay(s);
  step.gradient_scale = static_cast<float>(s.gradient_scale);
  rmsprop_update(exec, step, s.size, s.weights, s.gradients, s.slots[0], momentum > 0 ? s.slots[1] : nullptr);
}

void Adam::fields(Fields& field) {
  field("learning_rate", learning_rate, {.min = 0}, "Step size.");
  field("beta_1", beta_1, {.min = 0, .max = 0.999999}, "Decay of the moving average of gradients.");
  field("beta_2", beta_2, {.min = 0, .max = 0.99999999}, "Decay of the moving average of squared gradients.");
  field("epsilon", epsilon, {.min = 0, .max = 1}, "Avoids division by zero.");
  common_fields(field);
}

std::span<const std::string_view> Adam::slots() const { return kMoments; }

std::optional<AdamStep> Adam::adam_step(const OptimizerStep& s) const {
  const double t = static_cast<double>(s.step);
  const double correction = std::sqrt(1 - std::pow(beta_2, t)) / (1 - std::pow(beta_1, t));
  AdamStep step;
  step.step_size = static_cast<float>(s.learning_rate * correction);
  step.beta_1 = beta_1;
  step.beta_2 = beta_2;
  step.epsilon = static_cast<float>(epsilon);
  step.weight_decay = decay(s);
  step.gradient_scale = static_cast<float>(s.gradient_scale);
  return step;
}

void Adam::update(Exec& exec, const OptimizerStep& s) const {
  adam_update(exec, *adam_step(s), s.size, s.weights, s.gradients, s.slots[0], s.slots[1]);
}

std::span<const Family<Optimizer>> Optimizer::types() {
  static const Family<Optimizer> all[] = {member<Optimizer, Adam>("Adam"), member<Optimizer, AdamW>("AdamW"),
                                          member<Optimizer, Sgd>("SGD"),
                                          member<Optimizer, RmsProp>("RMSprop")};
  return all;
}

}  // namespace cnn
