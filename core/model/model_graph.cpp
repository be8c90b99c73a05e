// From layers and their inputs to shapes, parameters and steps.
#include "core/model/model_graph.h"

#include <algorithm>

#include "core/layers/activations.h"

namespace cnn {

bool Arena::resize(std::size_t bytes) {
  block_.reset();
  size_ = 0;
  // Null is a valid result, so no new_handler may end the program.
  const std::new_handler handler = std::set_new_handler(nullptr);
  auto* block = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{alignment}, std::nothrow));
  std::set_new_handler(handler);
  if (!block) return false;
  block_.reset(block);
  size_ = bytes;
  return true;
}

Result<void> Model::Graph::connect() {
  if (Result<void> done = connect_shapes(); !done) return done;
  if (Result<void> done = connect_parameters(); !done) return done;
  connect_steps();
  find_what_learns();
  return {};
}

void Model::Graph::connect_again() {
  steps.clear(), activation_steps.clear();
  values.clear(), producer.clear(), consumers.clear();
  connect_steps();
  find_what_learns();
}

Result<void> Model::Graph::connect_shapes() {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Node& node = nodes[i];
    const auto failure = [&](const std::string& message) {
      return Error{"bad_config", node.layer->name + ": " + message, static_cast<int>(i)};
    };
    node.input_shapes.clear();
    for (const int input : node.inputs)
      node.input_shapes.push_back(nodes[static_cast<std::size_t>(input)].shape);
    const bool joins = node.layer->min_inputs() > 1;
    if (static_cast<int>(i) != input_node && !joins && node.inputs.size() != 1) {
      return failure("it takes one input, not " + std::to_string(node.inputs.size()));
    }
    if (joins && static_cast<int>(node.inputs.size()) < node.layer->min_inputs()) {
      return failure("it takes at least " + std::to_string(node.layer->min_inputs()) + " inputs, not " +
                     std::to_string(node.inputs.size()) + "; for one input and a number use Rescaling");
    }
    const Result<Shape> shape =
        joins ? node.layer->joined_shape(node.input_shapes)
              : node.layer->output_shape(node.input_shapes.empty() ? Shape{} : node.input_shapes[0]);
    if (!shape) return failure(shape.error().message);
    node.shape = *shape;
    if (count(node.shape) > limits.max_activation_bytes / sizeof(float)) {
      return failure("its output " + to_string(node.shape) + " takes more than " +
                     std::to_string(limits.max_activation_bytes >> 20) +
                     " MB for one picture; use fewer filters or units, or pool before it");
    }
  }
  return {};
}

Result<void> Model::Graph::connect_parameters() {
  constexpr std::size_t lanes = Arena::alignment / sizeof(float);
  const auto padded = [](std::size_t n) { return (n + lanes - 1) / lanes * lanes; };
  std::vector<std::vector<ParameterSpec>> specs;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    specs.push_back(node.layer->params(node.input_shapes.empty() ? Shape{} : node.input_shapes[0]));
    for (const ParameterSpec& spec : specs.back()) {
      total += count(spec.shape);
      if (total > limits.max_parameters) {
        return Error{"bad_config",
                     node.layer->name + ": its " + std::string(spec.name) + " " + to_string(spec.shape) +
                         " brings the model over " + std::to_string(limits.max_parameters) +
                         " parameters; use fewer units or filters, or pool before it",
                     static_cast<int>(i)};
      }
      parameter_floats += padded(count(spec.shape));
    }
  }
  if (!parameter_memory.resize(std::max<std::size_t>(1, 2 * parameter_floats) * sizeof(float))) {
    return Error{"out_of_memory",
                 "there is no memory for the model's " + std::to_string(total) + " parameters"};
  }
  auto* next = reinterpret_cast<float*>(parameter_memory.data());
  std::fill(next, next + 2 * parameter_floats, 0.0f);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Node& node = nodes[i];
    node.first_parameter = parameters.size();
    node.parameter_count = specs[i].size();
    for (const ParameterSpec& spec : specs[i]) {
      const std::size_t n = count(spec.shape);
      Parameter parameter;
      parameter.name = node.layer->name + "/" + std::string(spec.name);
      parameter.shape = spec.shape;
      parameter.layer = static_cast<int>(i);
      parameter.value = {next, n};
      parameter.regularizer = spec.regularizer;
      if (spec.trainable) parameter.gradient = {next + parameter_floats, n};
      parameters.push_back(std::move(parameter));
      next += padded(n);
    }
  }
  return {};
}

void Model::Graph::add_step(const Layer* op, int node, std::vector<int> inputs,
                            std::span<const Shape> input_shapes) {
  Step step;
  step.op = op;
  step.node = node;
  step.inputs = std::move(inputs);
  step.input_shapes = input_shapes;
  step.output = static_cast<int>(values.size());
  step.xs.resize(step.inputs.size());
  step.dxs.resize(step.inputs.size());
  const int index = static_cast<int>(steps.size());
  for (const int input : step.inputs) consumers[static_cast<std::size_t>(input)].push_back(index);
  values.push_back(nodes[static_cast<std::size_t>(node)].shape);
  producer.push_back(index);
  consumers.emplace_back();
  steps.push_back(std::move(step));
}

void Model::Graph::connect_steps() {
  values.push_back(nodes[static_cast<std::size_t>(input_node)].shape);
  producer.push_back(-1);
  consumers.emplace_back();
  for (int i = 0; i < static_cast<int>(nodes.size()); ++i) {
    Node& node = nodes[static_cast<std::size_t>(i)];
    if (i == input_node) node.value = 0;
    if (i == input_node && node.layer->is_identity(true)) continue;
    std::vector<int> inputs;
    if (i == input_node) inputs.push_back(0);
    for (const int input : node.inputs) inputs.push_back(nodes[static_cast<std::size_t>(input)].value);
    const Layer& layer = *node.layer;
    const ActivationSpec activation = layer.activation();
    const bool linear = activation.kind == Activation::linear;
    // A layer that is only an activation has only the activation step.
    if (linear || !layer.is_identity(true)) {
      add_step(&layer, i, inputs,
               i == input_node ? std::span<const Shape>(&node.shape, 1) : node.input_shapes);
      Step& step = steps.back();
      step.owns_parameters = true;
      step.relu = activation.kind == Activation::relu && layer.fuses_relu();
      step.params.resize(node.parameter_count);
      step.gradients.resize(node.parameter_count);
      inputs = {step.output};
    }
    if (!linear && (steps.empty() || steps.back().node != i || !steps.back().relu)) {
      auto op = std::make_unique<ActivationStep>(activation);
      op->name = layer.name;
      add_step(op.get(), i, inputs, {&node.shape, 1});
      steps.back().is_softmax = op->is_softmax();
      activation_steps.push_back(std::move(op));
    }
    node.value = steps.back().output;
  }
  output_value = nodes[static_cast<std::size_t>(output_node)].value;
  logits_value = output_value;
  const int last = producer[static_cast<std::size_t>(output_value)];
  if (last >= 0 && steps[static_cast<std::size_t>(last)].is_softmax &&
      values[static_cast<std::size_t>(output_value)].rank() == 1) {
    logits_value = steps[static_cast<std::size_t>(last)].inputs[0];
  }
  for (Step& step : steps) {
    if (!step.owns_parameters) continue;
    const Node& node = nodes[static_cast<std::size_t>(step.node)];
    for (std::size_t i = 0; i < node.parameter_count; ++i) {
      step.params[i] = parameters[node.first_parameter + i].value.data();
    }
  }
}

void Model::Graph::find_what_learns() {
  wants_gradient.assign(values.size(), 0);
  for (Parameter& parameter : parameters) {
    parameter.trainable =
        !parameter.gradient.empty() && nodes[static_cast<std::size_t>(parameter.layer)].layer->trainable;
  }
  for (Step& step : steps) {
    bool learns = false;
    for (const int input : step.inputs)
      learns = learns || wants_gradient[static_cast<std::size_t>(input)] != 0;
    if (step.owns_parameters) {
      const Node& node = nodes[static_cast<std::size_t>(step.node)];
      for (std::size_t i = 0; i < node.parameter_count; ++i) {
        const Parameter& parameter = parameters[node.first_parameter + i];
        step.gradients[i] = parameter.trainable ? parameter.gradient.data() : nullptr;
        learns = learns || parameter.trainable;
      }
    }
    wants_gradient[static_cast<std::size_t>(step.output)] = learns ? 1 : 0;
  }
  plans = {};
  batch = 0;
}

}  // namespace cnn
