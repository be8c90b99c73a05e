#include "core/model/model.h"

#include <algorithm>
#include <cstring>

#include "core/model/model_graph.h"

namespace cnn {

Model::Model(std::unique_ptr<Graph> graph) : graph_(std::move(graph)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

const std::string& Model::name() const { return graph_->name; }
const Shape& Model::input_shape() const { return graph_->values.front(); }
const Shape& Model::output_shape() const {
  return graph_->values[static_cast<std::size_t>(graph_->output_value)];
}
std::span<const std::string> Model::left_out() const { return graph_->left_out; }
std::span<const std::pair<std::string, std::string>> Model::copies() const { return graph_->copies; }
void Model::forget_initializers() {
  std::erase_if(graph_->left_out,
                [](const std::string& one) { return one.find("_initializer ") != std::string::npos; });
}
InputRange Model::input_range() const { return graph_->input_range(); }

void Model::set_input_range(InputRange range) {
  if (graph_->input_range() == range) return;
  graph_->input_range() = range;
  graph_->connect_again();
}

InputRange Model::range_by_weights() const { return graph_->range_of_first_layers(true); }

int Model::layer_count() const { return static_cast<int>(graph_->nodes.size()); }
const Layer& Model::layer(int index) const { return *graph_->nodes[static_cast<std::size_t>(index)].layer; }
const Shape& Model::layer_shape(int index) const {
  return graph_->nodes[static_cast<std::size_t>(index)].shape;
}

std::span<const int> Model::layer_inputs(int index) const {
  return graph_->nodes[static_cast<std::size_t>(index)].inputs;
}

int Model::find_layer(std::string_view name) const {
  for (int i = 0; i < layer_count(); ++i) {
    if (layer(i).name == name) return i;
  }
  return -1;
}

void Model::initialize(std::uint64_t seed) {
  std::uint32_t stream = 0;
  for (const Node& node : graph_->nodes) {
    const auto specs = node.layer->params(node.input_shapes.empty() ? Shape{} : node.input_shapes[0]);
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const RandomStream random(seed, RandomPurpose::initialize, 0, stream++);
      const Parameter& parameter = graph_->parameters[node.first_parameter + i];
      specs[i].initializer.fill(parameter.value, parameter.shape, specs[i].fan, random);
    }
  }
  graph_->fresh = true;
}

bool Model::wants_pictures() const {
  return graph_->fresh && std::any_of(graph_->nodes.begin(), graph_->nodes.end(), [](const Node& node) {
           return !node.inputs.empty() && node.layer->sum_count(node.input_shapes[0]) > 0;
         });
}

Result<void> Model::adapt(Exec& exec, const std::function<const float*(int, int&)>& next) {
  // One layer after the other: each may change the next one's input.
  for (const Node& node : graph_->nodes) {
    if (node.inputs.empty()) continue;
    std::vector<double> sums(node.layer->sum_count(node.input_shapes[0]));
    if (sums.empty()) continue;
    const int value = graph_->nodes[static_cast<std::size_t>(node.inputs[0])].value;
    const int steps = graph_->producer[static_cast<std::size_t>(value)] + 1;
    int batch = 0;
    for (int index = 0; const float* x = next(index, batch); ++index) {
      if (Result<void> reserved = reserve(batch, false); !reserved) return reserved;
      graph_->input = x;
      graph_->batch = batch;
      graph_->options = {};
      graph_->kept = Keep::nothing;
      graph_->run_forward(exec, static_cast<std::size_t>(steps));
      node.layer->gather(node.input_shapes[0], batch, graph_->value_of(value), sums);
    }
    std::vector<float*> params;
    for (std::size_t p = 0; p < node.parameter_count; ++p) {
      params.push_back(graph_->parameters[node.first_parameter + p].value.data());
    }
    node.layer->settle(node.input_shapes[0], sums, params);
  }
  graph_->batch = 0;  // the last forward is incomplete: there is no output
  graph_->fresh = false;
  return {};
}

std::span<Parameter> Model::parameters() { return graph_->parameters; }
std::span<const Parameter> Model::parameters() const { return graph_->parameters; }

void Model::set_trainable(int layer, bool trainable) {
  Layer& changed = *graph_->nodes[static_cast<std::size_t>(layer)].layer;
  if (changed.trainable == trainable) return;
  changed.trainable = trainable;
  graph_->find_what_learns();
}

bool Model::fuses_adam(std::size_t parameter) const {
  if (!graph_->parameters[parameter].regularizer.none())
    return false;  // its gradient is not the layer's alone
  for (const Node& node : graph_->nodes) {
    if (node.parameter_count > 0 && node.first_parameter == parameter) return node.layer->fuses_adam();
  }
  return false;
}

void Model::zero_gradients(std::span<const FusedAdam> fused) {
  for (std::size_t i = 0; i < graph_->parameters.size(); ++i) {
    const std::span<float> gradient = graph_->parameters[i].gradient;
    const bool skipped =
        std::any_of(fused.begin(), fused.end(), [i](const FusedAdam& f) { return f.parameter == i; });
    if (!skipped && !gradient.empty()) std::memset(gradient.data(), 0, gradient.size_bytes());
  }
}

Result<void> Model::reserve(int max_batch, bool training) {
  if (max_batch < 1)
    return Error{"bad_argument", "a batch has at least one picture, not " + std::to_string(max_batch)};
  const Keep keep = training ? Keep::for_backward : Keep::nothing;
  if (graph_->plans[static_cast<std::size_t>(keep)].batch >= max_batch) return {};
  return graph_->make_plan(keep, max_batch);
}

std::size_t Model::memory_bytes() const { return graph_->arena.size(); }

const float* Model::forward(Exec& exec, const float* x, int batch, const ForwardOptions& options) {
  const Keep keep = options.keep_all   ? Keep::everything
                    : options.training ? Keep::for_backward
                                       : Keep::nothing;
  if (batch < 1) return nullptr;
  if (graph_->plans[static_cast<std::size_t>(keep)].batch < batch && !graph_->make_plan(keep, batch))
    return nullptr;
  graph_->input = x;
  graph_->batch = batch;
  graph_->options = options;
  graph_->kept = keep;
  graph_->has_gradients = false;
  graph_->run_forward(exec, graph_->steps.size());
  return graph_->value_of(graph_->output_value);
}

const float* Model::logits() const {
  return graph_->batch > 0 ? graph_->value_of(graph_->logits_value) : nullptr;
}
bool Model::ends_in_softmax() const { return graph_->logits_value != graph_->output_value; }

void Model::backward(Exec& exec, const float* d_logits, std::span<const FusedAdam> fused) {
  if (graph_->batch == 0 || graph_->kept == Keep::nothing) return;  // forward kept nothing for backward
  graph_->run_backward(exec, d_logits, fused);
  graph_->has_gradients = true;
}

std::span<const float> Model::layer_output(int layer) const {
  const int value = graph_->nodes[static_cast<std::size_t>(layer)].value;
  if (graph_->batch == 0 || (graph_->kept != Keep::everything && value != graph_->output_value)) return {};
  return {graph_->value_of(value), static_cast<std::size_t>(graph_->batch) * count(layer_shape(layer))};
}

std::span<const float> Model::layer_gradient(int layer) const {
  const int value = graph_->nodes[static_cast<std::size_t>(layer)].value;
  if (graph_->batch == 0 || graph_->kept != Keep::everything || !graph_->has_gradients) return {};
  const float* gradient = graph_->at(graph_->current_plan().gradient[static_cast<std::size_t>(value)]);
  if (!gradient) return {};
  return {gradient, static_cast<std::size_t>(graph_->batch) * count(layer_shape(layer))};
}

}  // namespace cnn
