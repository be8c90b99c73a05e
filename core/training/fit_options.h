#pragma once
/// All settings of a training, under Keras's names where Keras has them.

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

/// Different settings for some of the parameters. A parameter ("conv2d_1/kernel") belongs to the first group
/// whose pattern matches its name; * in a pattern matches any characters.
struct ParameterGroup {
  std::string parameters = "*";
  double learning_rate_factor = 1;
  std::optional<double> weight_decay;  // empty: the optimizer's
  std::optional<double> frozen_after;  // epochs; empty: never

  void fields(Fields&);
  bool fits(std::string_view name) const;
};

struct FitOptions {
  double epochs = 10;  ///< the last may be partial: 9.9
  int batch_size = 10;
  Choice<Optimizer> optimizer{"Adam"};
  std::optional<double> learning_rate;  ///< empty: the optimizer's
  Choice<Schedule> schedule{"Constant"};
  Choice<Loss> loss{"SparseCategoricalCrossentropy"};
  int seed = 1;
  bool shuffle = true;
  bool drop_remainder = false;  ///< named as in tf.data
  bool validate = true;
  double validation_split = 0;
  Views test_time_augmentation = Views::plain;
  Json callbacks = Json::array();  ///< [{class_name, config}]
  Json augmentation =
      Json::array();  ///< layers [{class_name, config}] applied to the pictures before the model
  std::vector<ParameterGroup> parameter_groups;

  /// Missing fields keep their defaults. Errors (bad_argument) name the field. `others`: more keys to accept,
  /// which the caller reads itself.
  static Result<FitOptions> from_json(const Json&, std::span<const std::string_view> others = {});
  Json to_json() const;
  /// The learning rate before the schedule.
  double rate() const { return learning_rate.value_or(optimizer->learning_rate); }
  /// The fields of the form, which does not include the lists (callbacks, augmentation, parameter_groups).
  void fields(Fields&);
};

/// The fields of FitOptions for forms, as in describe_fields.
Json describe_fit_options();
/// The fields of a parameter group for forms.
Json describe_parameter_group();

}  // namespace cnn
