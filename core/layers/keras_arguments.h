#pragma once
/// Arguments of Keras's layers for which only one value is supported here. A configuration may contain them
/// with that value; any other value is an error that says what to do instead.
#include "core/base/fields.h"

namespace cnn {

inline void channels_last_only(Fields& field) {
  field.fixed("data_format", {"channels_last"}, "pictures are height, width, channels here", true);
}

inline void no_dilation(Fields& field) {
  field.fixed("dilation_rate", {Json::array({1, 1}), 1, Json::array({1})}, "windows have no gaps here");
}

/// Of "kernel_regularizer", "bias_constraint" and similar.
inline void no_regularizers(Fields& field, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    field.fixed(name, {Json()}, "use the optimizer's weight_decay instead");
}

}  // namespace cnn
