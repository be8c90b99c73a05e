// Runs the steps for one batch, forward and backward.
#include <cstring>

#include "core/kernels/elementwise.h"
#include "core/model/model_graph.h"

namespace cnn {
namespace {

std::size_t float_count(const Shape& shape, int batch) {
  return static_cast<std::size_t>(batch) * count(shape);
}

RandomKey random_key(const ForwardOptions& options, int node) {
  return {options.seed, options.step, static_cast<std::uint32_t>(node), options.pictures, options.epoch};
}

void copy(const float* from, float* to, std::size_t n) {
  if (from != to) std::memcpy(to, from, n * sizeof(float));
}

}  // namespace

const float* Model::Graph::value_of(int value) const {
  const std::uint64_t offset = current_plan().value[static_cast<std::size_t>(value)];
  return offset == Plan::external ? input : at(offset);
}

const float* Model::Graph::kept_value(int value) const {
  const std::uint64_t offset = current_plan().repeated[static_cast<std::size_t>(value)];
  return offset == Plan::external ? value_of(value) : at(offset);
}

void Model::Graph::repeat(Exec& exec, int value) {
  const auto s = static_cast<std::size_t>(producer[static_cast<std::size_t>(value)]);
  Step& step = steps[s];
  const ProfileScope scope(exec.profile, step.node, Pass::backward);
  step.xs[0] = kept_value(step.inputs[0]);
  Forward f{exec};
  f.batch = batch;
  f.training = options.training;
  f.repeat = true;
  f.random = random_key(options, step.node);
  f.x_shapes = input_shapes(step);
  f.xs = step.xs;
  f.y_shape = &current_plan().shapes[static_cast<std::size_t>(value)];
  f.y = at(current_plan().repeated[static_cast<std::size_t>(value)]);
  f.params = step.params;
  f.saved = at(current_plan().steps[s].saved);
  step.op->forward(f);
}

void Model::Graph::run_forward(Exec& exec, std::size_t step_count) {
  const Plan& plan = current_plan();
  for (std::size_t s = 0; s < step_count; ++s) {
    Step& step = steps[s];
    const Shape& y_shape = plan.shapes[static_cast<std::size_t>(step.output)];
    float* y = at(plan.value[static_cast<std::size_t>(step.output)]);
    for (std::size_t i = 0; i < step.inputs.size(); ++i) step.xs[i] = value_of(step.inputs[i]);
    if (step.op->is_identity(options.training)) {
      if (y) copy(step.xs[0], y, float_count(y_shape, batch));
      continue;
    }
    const ProfileScope scope(exec.profile, step.node, Pass::forward);
    Forward f{exec};
    f.batch = batch;
    f.training = options.training;
    f.relu = step.relu;
    f.random = random_key(options, step.node);
    f.x_shapes = input_shapes(step);
    f.xs = step.xs;
    f.y_shape = &y_shape;
    f.y = y;
    f.params = step.params;
    f.saved = at(plan.steps[s].saved);
    f.scratch = at(plan.steps[s].forward_scratch);
    step.op->forward(f);
  }
}

void Model::Graph::run_backward(Exec& exec, const float* d_logits, std::span<const FusedAdam> fused) {
  const Plan& plan = current_plan();
  const auto gradient = [&](int value) { return at(plan.gradient[static_cast<std::size_t>(value)]); };
  copy(d_logits, gradient(logits_value), float_count(values[static_cast<std::size_t>(logits_value)], batch));
  for (std::size_t s = steps.size(); s-- > 0;) {
    Step& step = steps[s];
    const Plan::OfStep& planned = plan.steps[s];
    if (!planned.runs_backward) continue;
    for (const int value : planned.repeats) repeat(exec, value);
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      step.xs[i] = planned.reads_x ? kept_value(step.inputs[i]) : nullptr;
      const bool second = planned.second_gradient[i] != Plan::external;
      step.dxs[i] = second ? at(planned.second_gradient[i]) : gradient(step.inputs[i]);
    }
    const Shape& y_shape = plan.shapes[static_cast<std::size_t>(step.output)];
    const float* dy = gradient(step.output);
    if (step.op->is_identity(options.training)) {
      if (step.dxs[0]) copy(dy, step.dxs[0], float_count(y_shape, batch));
    } else {
      const ProfileScope scope(exec.profile, step.node, Pass::backward);
      Backward b{exec};
      b.batch = batch;
      b.training = options.training;
      b.relu = step.relu;
      b.random = random_key(options, step.node);
      b.x_shapes = input_shapes(step);
      b.xs = step.xs;
      b.y_shape = &y_shape;
      b.y = planned.reads_y ? kept_value(step.output) : nullptr;
      b.dy = dy;
      b.dxs = step.dxs;
      b.params = std::span<const float* const>(step.params.data(), step.params.size());
      b.gradients = step.gradients;
      b.saved = at(planned.saved);
      b.scratch = at(planned.backward_scratch);
      const Node& node = nodes[static_cast<std::size_t>(step.node)];
      for (const FusedAdam& f : fused) {
        if (step.owns_parameters && f.parameter == node.first_parameter) b.fused = &f;
      }
      step.op->backward(b);
    }
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      if (planned.second_gradient[i] == Plan::external) continue;
      const int input = step.inputs[i];
      add(exec, float_count(values[static_cast<std::size_t>(input)], batch), gradient(input), step.dxs[i],
          gradient(input));
    }
  }
}

}  // namespace cnn
