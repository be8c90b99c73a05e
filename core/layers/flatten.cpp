#include "core/layers/flatten.h"

#include <limits>

#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

void Flatten::fields(Fields& field) { channels_last_only(field); }

Result<Shape> Flatten::output_shape(const Shape& x) const {
  const std::size_t numbers = count(x);
  if (numbers > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return Error{"bad_config", "its input " + to_string(x) + " has too many numbers for one row"};
  }
  return Shape{static_cast<int>(numbers)};
}

Result<void> Flatten::onnx(OnnxGraph& graph) const {
  const bool is_row = graph.x_shape().rank() == 1;
  graph.give(is_row ? graph.x() : graph.add("Flatten", {graph.channels_last(graph.x())}));
  return {};
}

}  // namespace cnn
