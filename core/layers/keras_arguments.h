#pragma once
/// Arguments of Keras's layers for which only one value is supported here. A configuration may contain them
/// with that value; any other value is an error that says what to do instead. Also arguments that are
/// accepted and ignored.
#include "core/base/fields.h"

namespace cnn {

inline void channels_last_only(Fields& field) {
  field.fixed("data_format", {"channels_last"}, "pictures are height, width, channels here", true);
}

inline void no_dilation(Fields& field) {
  field.fixed("dilation_rate", {Json::array({1, 1}), 1, Json::array({1})},
              "dilated windows are not supported");
}

/// Arguments that change no number of a trained model, or that only bound training ("kernel_constraint").
inline void ignore(Fields& field, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) field.ignored(name);
}

}  // namespace cnn
