#pragma once
/// The inside of a Model. Nodes are the configuration's layers. Steps are the computations in order: a
/// layer's own work, then its activation. Values are the arrays that steps read and write.
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/model.h"

namespace cnn {

struct Node {
  std::unique_ptr<Layer> layer;
  std::vector<int> inputs;  // nodes
  std::vector<Shape> input_shapes;
  Shape shape;
  int value = 0;  // its output
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
  // Filled before each call; members so that calls allocate nothing.
  std::vector<const float*> xs;
  std::vector<float*> dxs;
  std::vector<float*> params, gradients;
};

/// What forward keeps.
enum class Keep { nothing, for_backward, everything };

/// Offsets in the arena for one Keep, for batches of up to `batch`. external: not in the arena.
struct Plan {
  static constexpr std::uint64_t external = ~std::uint64_t{0};
  struct OfStep {
    std::uint64_t saved = external, forward_scratch = external, backward_scratch = external;
    std::vector<std::uint64_t> second_gradient;  // by input: a dx to be added to an existing gradient
    bool runs_backward = false, reads_x = false, reads_y = false;
    std::vector<int> repeats;  // values to recompute before this step's backward, in order
  };
  int batch = 0;
  std::uint64_t bytes = 0;
  std::vector<Shape> shapes;  // by value: the part that is computed, without rows and columns nothing reads
  std::vector<std::uint64_t> value, gradient;
  std::vector<std::uint64_t> repeated;  // by value: where backward reads it, if it is recomputed
  std::vector<OfStep> steps;
};

/// Memory aligned for the widest vectors. A failed allocation makes it null; it does not throw.
class Arena {
 public:
  static constexpr std::size_t alignment = 64;
  bool resize(std::size_t bytes);  // loses the contents; false: there is no memory
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
  std::vector<std::string> left_out;
  std::vector<std::pair<std::string, std::string>> copies;
  ModelLimits limits;
  std::vector<Node> nodes;  // inputs come before the nodes that read them
  int input_node = 0, output_node = 0;

  std::vector<Step> steps;
  std::vector<std::unique_ptr<Layer>> activation_steps;
  std::vector<Shape> values;                // by value: its shape; 0 is the input
  std::vector<int> producer;                // by value: its step; -1 for the input
  std::vector<std::vector<int>> consumers;  // by value: steps, one entry per use
  int output_value = 0, logits_value = 0;

  Arena parameter_memory;  // values, then gradients
  std::size_t parameter_floats = 0;
  std::vector<Parameter> parameters;
  std::vector<char> wants_gradient;  // by value: a layer before it learns

  bool fresh = false;  // between initialize() and adapt()

  Arena arena;
  std::array<Plan, 3> plans;  // by Keep

  // The last forward.
  const float* input = nullptr;
  int batch = 0;
  ForwardOptions options;
  Keep kept = Keep::nothing;
  bool has_gradients = false;

  /// The range of pixels that the layers after the input are made for. with_weights: parameters have values.
  InputRange range_of_first_layers(bool with_weights) const;
  InputRange& input_range();

  /// Derives shapes, steps and parameters from nodes whose layers and inputs are set.
  Result<void> connect();
  /// The steps alone, after a layer's is_identity changed.
  void connect_again();
  /// Plans and allocates; the results of the last forward are lost.
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
  /// As backward reads it: possibly recomputed.
  const float* kept_value(int value) const;
  /// Recomputes a value that forward did not keep.
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

}  // namespace cnn
