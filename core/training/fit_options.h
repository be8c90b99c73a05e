#pragma once
/// core/training/fit_options.h: everything that can be set about a training, by Keras's names where Keras has it.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/choice.h"
#include "core/training/callbacks.h"
#include "core/training/evaluation.h"
#include "core/training/losses.h"
#include "core/training/optimizers.h"
#include "core/training/schedules.h"

namespace cnn {

/// Other settings for some of the parameters. The first group whose pattern fits a parameter's name
/// ("conv2d_1/kernel") is its; * in a pattern stands for any characters.
struct ParameterGroup {
  std::string parameters = "*";
  double learning_rate_factor = 1;
  std::optional<double> weight_decay;  // empty: the optimizer's
  std::optional<double> frozen_after;  // epochs; empty: never

  void fields(Fields&);
  bool fits(std::string_view name) const;
};

struct FitOptions {
  double epochs = 10;  // the last may be a part of one
  int batch_size = 10;
  Choice<Optimizer> optimizer{"Adam"};
  std::optional<double> learning_rate;  // empty: the optimizer's own
  Choice<Schedule> schedule{"Constant"};
  Choice<Loss> loss{"SparseCategoricalCrossentropy"};
  int seed = 1;
  bool shuffle = true;
  bool drop_remainder = false;  // tf.data's word
  bool validate = true;
  double validation_split = 0;
  Views test_time_augmentation = Views::plain;
  Json callbacks = Json::array();     // [{class_name, config}]
  Json augmentation = Json::array();  // layers [{class_name, config}] that the pictures pass before the model
  std::vector<ParameterGroup> parameter_groups;

  /// Fields that are missing keep their defaults. Errors are bad_argument and name the field. `others`: keys
  /// that are the caller's own.
  static Result<FitOptions> from_json(const Json&, std::span<const std::string_view> others = {});
  Json to_json() const;
  /// The learning rate before the schedule.
  double rate() const { return learning_rate.value_or(optimizer->learning_rate); }
  /// The fields a form shows; lists (callbacks, augmentation, parameter_groups) are not among them.
  void fields(Fields&);
};

/// The fields for forms, as fields.h describes them.
Json describe_fit_options();
/// Those of a parameter group.
Json describe_parameter_group();

}  // namespace cnn
