#pragma once
/// core/model/model_graph.h: what a Model is inside. Nodes are the configuration's layers; steps are what is
/// computed, in order: a layer's own work, then its activation; values are what steps read and write.
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace cnn {

struct Node {
  std::unique_ptr<Layer> layer;
  std::vector<int> inputs;  // nodes
  std::vector<Shape> input_shapes;
  Shape shape;
  int value = 0;  // what it gives
  std::size_t first_parameter = 0, parameter_count = 0;
};

struct Step {
  const Layer* op = nullptr;
  int node = 0;
  std::vector<int> inputs;  // values
  std::span<const Shape> input_shapes;
  int output = 0;     // value
  bool relu = false;  // fused
  bool owns_parameters = false;
  bool is_softmax = false;
  // Filled before each call; here so that calls allocate nothing.
  std::vector<const float*> xs;
  std::vector<float*> dxs;
  std::vector<float*> params, gradients;
};

/// What forward was asked to keep.
enum class Keep { nothing, for_backward, everything };

/// Places in the arena for one kind of call, for batches up to `batch`. external: not in the arena.
struct Plan {
  static constexpr std::uint64_t external = ~std::uint64_t{0};
  struct OfStep {
    std::uint64_t saved = external, forward_scratch = external, backward_scratch = external;
    std::vector<std::uint64_t> second_gradient;  // by input: a dx that is then added to the one already there
    bool runs_backward = false, reads_x = false, reads_y = false;
    std::vector<int> repeats;  // values to compute once more before this step's backward, in order
  };
  int batch = 0;
  std::uint64_t bytes = 0;
  std::vector<Shape> shapes;  // by value: what is computed of it, without rows and columns that nobody reads
  std::vector<std::uint64_t> value, gradient;
  std::vector<std::uint64_t> repeated;  // by value: where backward reads it, if it is computed once more
  std::vector<OfStep> steps;
};

/// Memory with the widest vectors' alignment that is null instead of an exception when there is none.
class Arena {
 public:
  static constexpr std::size_t alignment = 64;
  bool resize(std::size_t bytes);  // contents are lost; on failure there is no memory
  std::byte* data() const { return block_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* block) const { ::operator delete (block, std::align_val_t{alignment}); }
  };
  std::unique_ptr<std::byte, Free> block_;
  std::size_t size_ = 0;
};

struct Model::Graph {
  std::string name;
  bool sequential = true;
  ModelLimits limits;
  std::vector<Node> nodes;  // in an order in which inputs come first
  int input_node = 0, output_node = 0;

  std::vector<Step> steps;
  std::vector<std::unique_ptr<Layer>> activation_steps;
  std::vector<Shape> values;                // by value: its shape; 0 is the input
  std::vector<int> producer;                // by value: step, -1 for the input
  std::vector<std::vector<int>> consumers;  // by value: steps, one entry per use
  int output_value = 0, logits_value = 0;

  Arena parameter_memory;  // values, then gradients
  std::size_t parameter_floats = 0;
  std::vector<Parameter> parameters;
  std::vector<char> wants_gradient;  // by value: something before it learns

  bool fresh =
      false;  // drawn by initialize(), and the layers that take parameters from pictures have not yet

  Arena arena;
  std::array<Plan, 3> plans;  // by Keep

  // The last forward.
  const float* input = nullptr;
  int batch = 0;
  ForwardOptions options;
  Keep kept = Keep::nothing;
  bool has_gradients = false;

  /// Shapes, steps and parameters from nodes whose layers and inputs are set.
  Result<void> connect();
  /// Plans and allocates; what the last forward gave is lost.
  Result<void> make_plan(Keep keep, int max_batch);
  void find_what_learns();

  /// Null for external.
  float* at(std::uint64_t offset) const {
    return offset == Plan::external ? nullptr : reinterpret_cast<float*>(arena.data() + offset);
  }
  const Plan& current_plan() const { return plans[static_cast<std::size_t>(kept)]; }
  std::span<const Shape> input_shapes(const Step& step) const {
    if (step.inputs.size() != 1) return step.input_shapes;
    return {&current_plan().shapes[static_cast<std::size_t>(step.inputs[0])], 1};
  }
  const float* value_of(int value) const;
  /// As backward sees it.
  const float* kept_value(int value) const;
  void repeat(Exec& exec, int value);
  /// The first step_count steps.
  void run_forward(Exec& exec, std::size_t step_count);
  void run_backward(Exec& exec, const float* d_logits, std::span<const FusedAdam> fused);

 private:
  Result<void> connect_shapes();
  Result<void> connect_parameters();
  void connect_steps();
  void add_step(const Layer* op, int node, std::vector<int> inputs, std::span<const Shape> input_shapes);
};

/// "Conv2D" -> "conv2d", "LeakyReLU" -> "leaky_re_lu": how Keras names layers.
std::string snake_case(std::string_view class_name);

}  // namespace cnn
