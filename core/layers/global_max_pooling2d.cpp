#include "core/layers/global_max_pooling2d.h"

#include <algorithm>

#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {

void GlobalMaxPooling2D::fields(Fields& field) {
  channels_last_only(field);
  field("keepdims", keepdims, "Keep height and width as 1 x 1.");
}

Result<Shape> GlobalMaxPooling2D::output_shape(const Shape& x) const {
  if (x.rank() != 3) {
    return Error{"bad_config",
                 "it needs a picture (height, width, channels), but its input is " + to_string(x)};
  }
  return keepdims ? Shape{1, 1, x[2]} : Shape{x[2]};
}

Needs GlobalMaxPooling2D::needs(const Shape& x, int batch) const {
  return {.saved_bytes = static_cast<std::uint64_t>(batch) * static_cast<std::uint64_t>(x.back()) *
                         sizeof(std::int32_t)};
}

void GlobalMaxPooling2D::forward(const Forward& f) const {
  const Shape& shape = f.x_shape();
  const auto channels = static_cast<std::size_t>(shape[2]);
  const std::size_t cells = static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(shape[1]);
  auto* saved = static_cast<std::int32_t*>(f.saved);
  for (std::size_t n = 0; n < static_cast<std::size_t>(f.batch); ++n) {
    const float* x = f.x() + n * cells * channels;
    for (std::size_t c = 0; c < channels; ++c) {
      std::size_t winner = 0;
      float largest = x[c];
      for (std::size_t cell = 1; cell < cells && largest == largest; ++cell) {
        const float value = x[cell * channels + c];
        if (value > largest || value != value) winner = cell, largest = value;
      }
      f.y[n * channels + c] = largest;
      if (saved) saved[n * channels + c] = static_cast<std::int32_t>(winner);
    }
  }
}

void GlobalMaxPooling2D::backward(const Backward& b) const {
  if (!b.dx()) return;
  const Shape& shape = b.x_shape();
  const auto channels = static_cast<std::size_t>(shape[2]);
  const std::size_t cells = static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(shape[1]);
  const auto* saved = static_cast<const std::int32_t*>(b.saved);
  std::fill_n(b.dx(), static_cast<std::size_t>(b.batch) * cells * channels, 0.0f);
  for (std::size_t n = 0; n < static_cast<std::size_t>(b.batch); ++n) {
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t i = n * channels + c;
      b.dx()[(n * cells + static_cast<std::size_t>(saved[i])) * channels + c] = b.dy[i];
    }
  }
}

Result<void> GlobalMaxPooling2D::onnx(OnnxGraph& graph) const {
  const std::string y = graph.add("GlobalMaxPool", {graph.x()});
  graph.give(keepdims ? y : graph.add("Flatten", {y}));
  return {};
}

}  // namespace cnn
