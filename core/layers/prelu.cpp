#include "core/layers/prelu.h"

#include <algorithm>

#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

/// Calls body(index in x, index in alpha) for each number of one picture.
template <class Body>
void each_number(const Shape& x, const Shape& alpha, Body body) {
  std::size_t steps[Shape::max_rank] = {}, step = 1;
  for (int axis = x.rank(); axis-- > 0;) {
    steps[axis] = alpha[axis] == 1 ? 0 : step;
    step *= static_cast<std::size_t>(alpha[axis]);
  }
  std::size_t at[Shape::max_rank] = {};
  const std::size_t n = count(x);
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t a = 0;
    for (int axis = 0; axis < x.rank(); ++axis) a += at[axis] * steps[axis];
    body(i, a);
    for (int axis = x.rank(); axis-- > 0;) {
      if (++at[axis] < static_cast<std::size_t>(x[axis])) break;
      at[axis] = 0;
    }
  }
}

}  // namespace

void PReLU::fields(Fields& field) {
  field("alpha_initializer", alpha_initializer, "Initial slopes below 0.");
  ignore(field, {"alpha_regularizer", "alpha_constraint"});
  field("shared_axes", shared_axes, {.min = 1, .max = 3},
        "Axes along which one slope is shared: 1, 2 for one slope a map; empty: none.");
}

Shape PReLU::alpha_shape(const Shape& x) const {
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const bool shared =
        std::find(shared_axes.begin(), shared_axes.end(), static_cast<double>(axis + 1)) != shared_axes.end();
    shape.push_back(shared ? 1 : x[axis]);
  }
  return shape;
}

Result<Shape> PReLU::output_shape(const Shape& x) const {
  for (const double axis : shared_axes) {
    if (axis != static_cast<int>(axis) || axis > x.rank())
      return Error{"bad_config", "shared_axes has an axis that its input " + to_string(x) + " does not have"};
  }
  return x;
}

std::vector<ParameterSpec> PReLU::params(const Shape& x) const {
  return {{"alpha", alpha_shape(x), alpha_initializer}};
}

void PReLU::forward(const Forward& f) const {
  const Shape shape = alpha_shape(f.x_shape());
  const std::size_t n = count(f.x_shape());
  for (int image = 0; image < f.batch; ++image) {
    const float* x = f.x() + static_cast<std::size_t>(image) * n;
    float* y = f.y + static_cast<std::size_t>(image) * n;
    each_number(f.x_shape(), shape,
                [&](std::size_t i, std::size_t a) { y[i] = x[i] < 0 ? f.params[0][a] * x[i] : x[i]; });
  }
}

void PReLU::backward(const Backward& b) const {
  const Shape shape = alpha_shape(b.x_shape());
  const std::size_t n = count(b.x_shape());
  float* dalpha = b.gradients[0];
  for (int image = 0; image < b.batch; ++image) {
    const std::size_t first = static_cast<std::size_t>(image) * n;
    each_number(b.x_shape(), shape, [&](std::size_t i, std::size_t a) {
      const float x = b.x()[first + i], dy = b.dy[first + i];
      if (dalpha && x < 0) dalpha[a] += dy * x;
      if (b.dx()) b.dx()[first + i] = x < 0 ? b.params[0][a] * dy : dy;
    });
  }
}

Result<void> PReLU::onnx(OnnxGraph& graph) const {
  const Shape& shape = graph.shape(0);
  if (shape.rank() == 1) {
    graph.give(graph.add("PRelu", {graph.x(), graph.constant(0)}));
    return {};
  }
  if (shape.rank() != 3) return Error{"bad_config", "its input is neither a picture nor a row of numbers"};
  const std::span<const float> alpha = graph.values(0);
  std::vector<float> turned;  // [H, W, C] to [C, H, W]
  for (int c = 0; c < shape[2]; ++c) {
    for (int cell = 0; cell < shape[0] * shape[1]; ++cell)
      turned.push_back(alpha[static_cast<std::size_t>(cell * shape[2] + c)]);
  }
  const std::string slope = graph.constant(0, {shape[2], shape[0], shape[1]}, std::move(turned));
  graph.give(graph.add("PRelu", {graph.x(), slope}));
  return {};
}

}  // namespace cnn
