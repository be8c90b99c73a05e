#include "core/inspect/observer.h"

#include <algorithm>

#include "core/inspect/slices.h"

namespace cnn {

Result<Observer> Observer::make(const Model& model) {
  Result<Model> copy = Model::from_config(model.config());
  if (!copy) return copy.error();
  Observer observer(std::move(*copy));
  observer.take_weights(model);
  return observer;
}

void Observer::take_weights(const Model& model) {
  const std::span<const Parameter> from = model.parameters();
  const std::span<Parameter> to = model_.parameters();
  for (std::size_t i = 0; i < to.size(); ++i)
    std::copy(from[i].value.begin(), from[i].value.end(), to[i].value.begin());
}

Result<void> Observer::look(Exec& exec, std::span<const float> x) {
  x_.assign(x.begin(), x.end());
  if (model_.forward(exec, x_.data(), 1, {.keep_all = true})) return {};
  return Error{"out_of_memory", "there is no memory to keep every number of this network for one picture"};
}

void Observer::go_back(Exec& exec, int class_index) {
  std::vector<float> d_logits(count(model_.output_shape()), 0.0f);
  d_logits[static_cast<std::size_t>(class_index)] = 1;
  // What layers save for backward, such as a pooling's winners, lasts only until then, so each backward needs
  // its own forward.
  model_.forward(exec, x_.data(), 1, {.keep_all = true});
  model_.zero_gradients();  // backward adds to them; unread, they would grow without bound
  model_.backward(exec, d_logits.data());
}

bool Observer::has_activation(int layer) const {
  return model_.layer(layer).activation().kind != Activation::linear;
}

std::vector<float> Observer::before_activation(Exec& exec, int layer) const {
  const Layer& op = model_.layer(layer);
  const std::span<const int> inputs = model_.layer_inputs(layer);
  if (output(layer).empty()) return {};
  if (inputs.empty() || op.is_identity(false)) {
    const std::span<const float> same = output(inputs.empty() ? layer : inputs[0]);
    return {same.begin(), same.end()};
  }
  std::vector<Shape> shapes;
  std::vector<const float*> xs;
  for (const int input : inputs) {
    shapes.push_back(model_.layer_shape(input));
    xs.push_back(output(input).data());
  }
  std::vector<float*> params = parameters(layer);
  std::vector<float> scratch(static_cast<std::size_t>(op.needs(shapes[0], 1).forward_scratch_floats));
  std::vector<float> y(count(model_.layer_shape(layer)));
  Forward f{exec};
  f.batch = 1;
  f.x_shapes = shapes;
  f.xs = xs;
  f.y_shape = &model_.layer_shape(layer);
  f.y = y.data();
  f.params = params;
  f.scratch = scratch.data();
  op.forward(f);
  return y;
}

std::vector<float*> Observer::parameters(int layer) const {
  std::vector<float*> arrays;
  for (const Parameter& parameter : model_.parameters()) {
    if (parameter.layer == layer) arrays.push_back(parameter.value.data());
  }
  return arrays;
}

Result<const float*> Observer::keep_all(Exec& exec, const float* x, int rows) {
  if (const float* outputs = model_.forward(exec, x, rows, {.keep_all = true})) return outputs;
  return Error{"out_of_memory", "there is no memory to keep every number of this network"};
}

std::vector<float> Observer::probabilities(Exec& exec) const {
  return as_probabilities(exec, model_, output(model_.layer_count() - 1).data(), 1);
}

Grid grid(const Shape& shape) {
  if (shape.rank() == 0) return {};
  Grid g;
  g.channels = shape.back();
  if (shape.rank() > 1) g.columns = shape[shape.rank() - 2];
  if (shape.rank() > 2) g.rows = shape[shape.rank() - 3];
  return g;
}

bool is_inside(const Grid& g, const Unit& unit) {
  return unit.row >= 0 && unit.row < g.rows && unit.column >= 0 && unit.column < g.columns &&
         unit.channel >= 0 && unit.channel < g.channels;
}

std::size_t index_of(const Grid& g, const Unit& unit) {
  const auto cell = static_cast<std::size_t>(unit.row) * static_cast<std::size_t>(g.columns) +
                    static_cast<std::size_t>(unit.column);
  return cell * static_cast<std::size_t>(g.channels) + static_cast<std::size_t>(unit.channel);
}

int last_learning_layer(const Model& model) {
  int last = -1;
  for (const Parameter& parameter : model.parameters()) last = std::max(last, parameter.layer);
  return last;
}

}  // namespace cnn
