#pragma once
/// core/layers/layer.h: what a layer is. A layer describes itself once (names, fields, shapes, parameters,
/// forward, backward); configuration, summary, memory plan, forms, export and conformance tests read that
/// description. To add one: its .h and .cpp, a line in all.cpp and one in core/CMakeLists.txt.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/shape.h"
#include "core/kernels/optimizer_step.h"
#include "core/layers/activation_spec.h"
#include "core/layers/initializer.h"
#include "core/run/exec.h"

namespace cnn {

class OnnxGraph;

/// An array the layer learns or keeps, in Keras's order: "kernel", "bias"; "gamma", "beta", "moving_mean",
/// ...
struct ParameterSpec {
  std::string_view name;
  Shape shape;
  Initializer initializer;
  FanSizes fan{};         ///< what the initializer scales by; unused by zeros and ones
  bool trainable = true;  ///< false: kept by the layer itself (moving averages), never by an optimizer
};

/// What a layer wants from the model's memory plan. Sizes are for the whole batch, in 64 bits on every
/// machine, because they are checked against a limit.
struct Needs {
  std::uint64_t saved_bytes = 0;             ///< written by forward, read by its backward
  std::uint64_t forward_scratch_floats = 0;  ///< during one call; contents undefined at its start
  std::uint64_t backward_scratch_floats = 0;
  bool backward_reads_x = false;
  bool backward_reads_y = false;
  /// y may be x, and dx may be dy: each number depends on the one at its own place only.
  bool in_place = false;
};

/// Keys of a layer's random streams; a stream's numbers are then taken by the image's place in the batch.
struct RandomKey {
  std::uint64_t seed = 0, step = 0;
  std::uint32_t layer = 0;
  /// What else a draw may depend on: the places of the batch's pictures in the data set, null where they have
  /// none, and how often the data set was gone through.
  const std::uint32_t* pictures = nullptr;
  std::uint64_t epoch = 0;
  RandomStream stream(RandomPurpose purpose) const { return RandomStream(seed, purpose, step, layer); }
};

/// Where in its input a number of a layer's output comes from: output row i reads the rows
/// i * stride - before .. + window of its input (outside of it there is padding), and columns likewise.
struct Reach {
  Size2 window{1, 1}, stride{1, 1}, before{0, 0};
  bool whole = false;  ///< it comes from everything there is; the sizes then say nothing
  enum class Rule { own, weights, largest, mean, sum };
  Rule rule = Rule::own;  ///< what becomes of the window; weights: unit_weights() has them
};

/// The weighted sum that makes one channel of the output (or one unit): over the window's cells and the
/// input's channels first_channel .. + channels, weights [window height, window width, channels].
struct UnitWeights {
  int first_channel = 0, channels = 0;
  std::vector<float> weights{};
  std::optional<float> bias{};

  /// Those of output `unit` in a kernel [count, units], whatever its `count` cells stand for, and its bias
  /// where one follows the kernel in `params`.
  void take(std::span<const float* const> params, std::size_t count, std::size_t units, int unit) {
    const auto at = static_cast<std::size_t>(unit);
    for (std::size_t i = 0; i < count; ++i) weights.push_back(params[0][i * units + at]);
    if (params.size() > 1) bias = params[1][at];
  }
};

/// Arguments of forward. Arrays are [batch, shape...] and belong to the model's plan.
struct Forward {
  Exec& exec;
  int batch = 0;
  bool training = false;
  /// Once more, for backward: y from the same x and what was saved; nothing that lasts changes, and there is
  /// no scratch. Only where repeats().
  bool repeat = false;
  bool relu = false;  ///< apply it to y, after everything else; only where fuses_relu()
  RandomKey random{};
  std::span<const Shape> x_shapes{};
  std::span<const float* const> xs{};
  const Shape* y_shape = nullptr;
  float* y = nullptr;
  std::span<float* const> params{};  ///< as params() lists them; moving averages are updated through it
  void* saved = nullptr;             ///< null: no backward follows
  float* scratch = nullptr;

  const Shape& x_shape() const { return x_shapes[0]; }
  const float* x() const { return xs[0]; }
};

/// Adam's step for one parameter, taken by the layer's backward instead of leaving a gradient: a large
/// kernel, its moments and its gradient then cross the memory once.
struct FusedAdam {
  std::size_t parameter = 0;  ///< index in Model::parameters()
  AdamStep step;
  float *w = nullptr, *m = nullptr, *v = nullptr;
};

/// Arguments of backward: the gradient of the loss by y gives those by x (dx =) and by the parameters
/// (gradients +=).
struct Backward {
  Exec& exec;
  int batch = 0;
  bool training = false, relu = false;  ///< these and random as in the forward call
  RandomKey random{};
  std::span<const Shape> x_shapes{};
  std::span<const float* const> xs{};  ///< null unless backward_reads_x
  const Shape* y_shape = nullptr;
  const float* y = nullptr;  ///< null unless backward_reads_y or relu
  const float* dy = nullptr;
  std::span<float* const> dxs{};  ///< null entries are not wanted; never null where all gradients are null
  std::span<const float* const> params{};
  std::span<float* const> gradients{};  ///< null entries are frozen, or not trainable
  const void* saved = nullptr;
  float* scratch = nullptr;
  const FusedAdam* fused = nullptr;  ///< for the first parameter, where fuses_adam()

  const Shape& x_shape() const { return x_shapes[0]; }
  const float* x() const { return xs[0]; }
  float* dx() const { return dxs[0]; }
};

/// While it runs a layer is immutable: every array it writes comes in the argument.
class Layer {
 public:
  virtual ~Layer() = default;

  virtual std::string_view class_name() const = 0;  ///< Keras's: "MaxPooling2D"
  virtual std::string_view help() const = 0;        ///< a sentence for a learner
  virtual std::string_view group() const = 0;       ///< where a menu puts it: "Convolution", "Pooling", ...
  virtual void fields(Fields&) = 0;

  /// Without batch. Errors are sentences without the layer's name; the model puts it before.
  virtual Result<Shape> output_shape(const Shape& x) const = 0;
  /// Layers that join several inputs override this and take any number of them from min_inputs up.
  virtual int min_inputs() const { return 1; }
  virtual Result<Shape> joined_shape(std::span<const Shape> xs) const { return output_shape(xs[0]); }

  virtual std::vector<ParameterSpec> params([[maybe_unused]] const Shape& x) const { return {}; }
  virtual Needs needs([[maybe_unused]] const Shape& x, [[maybe_unused]] int batch) const { return {}; }
  /// y is x, number for number (Flatten; Dropout outside training). The model then lets both share memory or
  /// copies, and calls neither forward nor backward.
  virtual bool is_identity([[maybe_unused]] bool training) const { return false; }
  /// Applied by the model to what forward gives: in a step of its own, but for relu where the layer fuses it.
  virtual ActivationSpec activation() const { return {}; }
  virtual bool fuses_relu() const { return false; }
  /// Multiplications and additions of forward, for one image.
  virtual double flops([[maybe_unused]] const Shape& x, const Shape& y) const {
    return static_cast<double>(count(y));
  }

  /// For looking inside (core/inspect). A row of units counts as a picture of one cell.
  virtual Reach reach([[maybe_unused]] const Shape& x) const { return {}; }
  virtual UnitWeights unit_weights([[maybe_unused]] const Shape& x, [[maybe_unused]] int channel,
                                   [[maybe_unused]] std::span<const float* const> params) const {
    return {};
  }

  /// Writes the layer, without its activation, into an ONNX graph (core/layers/onnx_graph.h). An error is a
  /// sentence why that cannot be.
  virtual Result<void> onnx(OnnxGraph&) const {
    return Error{"bad_config", std::string(class_name()) + " has no counterpart in ONNX"};
  }

  /// Layers whose parameters come from the pictures, once, before training (Keras's adapt): how many sums
  /// they need (0: none), adding a batch of their input to the sums, and parameters from them. Model::adapt
  /// calls these.
  virtual std::size_t sum_count([[maybe_unused]] const Shape& x) const { return 0; }
  virtual void gather([[maybe_unused]] const Shape& x_shape, [[maybe_unused]] int batch,
                      [[maybe_unused]] const float* x, [[maybe_unused]] std::span<double> sums) const {}
  virtual void settle([[maybe_unused]] const Shape& x_shape, [[maybe_unused]] std::span<const double> sums,
                      [[maybe_unused]] std::span<float* const> params) const {}

  /// forward is a pass over its input, cheap next to a convolution, and takes Forward::repeat: a model that
  /// needs the memory need not keep what it gave.
  virtual bool repeats() const { return false; }
  /// backward can take Backward::fused. The bits are those of a gradient and an update after it.
  virtual bool fuses_adam() const { return false; }
  virtual void forward(const Forward&) const {}
  virtual void backward(const Backward&) const {}

  // Every layer's own fields, set by the model.
  std::string name;       ///< unique in its model: "conv2d_1"
  bool trainable = true;  ///< false: the optimizer leaves its parameters alone; batch normalization infers
};

/// One entry of the registry.
struct LayerType {
  std::string_view class_name;
  std::unique_ptr<Layer> (*make)();
};

/// Every layer class, in the order menus show them.
std::span<const LayerType> layer_types();
/// Null for a class that does not exist here.
std::unique_ptr<Layer> make_layer(std::string_view class_name);
/// The registry for forms: [{class_name, help, group, fields: [...]}].
Json describe_layer_types();

}  // namespace cnn
