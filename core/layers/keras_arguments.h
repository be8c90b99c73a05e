#pragma once
/// core/layers/keras_arguments.h: arguments that Keras's layers have and that work in one way here. A
/// configuration may name them with that value; anything else is an error with a way out.
#include "core/base/fields.h"

namespace cnn {

inline void channels_last_only(Fields& field) {
  field.fixed("data_format", {"channels_last"}, "pictures are height, width, channels here", true);
}

inline void no_dilation(Fields& field) {
  field.fixed("dilation_rate", {Json::array({1, 1}), 1, Json::array({1})}, "windows have no gaps here");
}

/// "kernel_regularizer", "bias_constraint" and their like.
inline void no_regularizers(Fields& field, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    field.fixed(name, {Json()}, "use the optimizer's weight_decay instead");
}

}  // namespace cnn
