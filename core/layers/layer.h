#pragma once
/// The interface of a layer. A layer describes itself once (names, fields, shapes, parameters, forward,
/// backward); configuration, summary, memory plan, forms, export and conformance tests read that description.
/// To add one, see core/layers/README.md.
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
#include "core/layers/regularizer.h"
#include "core/run/exec.h"

namespace cnn {

class OnnxGraph;

/// An array that the layer learns or maintains, in Keras's order: "kernel", "bias"; "gamma", "beta", ...
struct ParameterSpec {
  std::string_view name;
  Shape shape;
  Initializer initializer;
  FanSizes fan{};         ///< for the initializer; unused by zeros and ones
  bool trainable = true;  ///< false: updated by the layer (moving averages), never by an optimizer
  Regularizer regularizer{};
};

/// What a layer needs from the model's memory plan. Sizes are for the whole batch, and 64 bits wide on every
/// machine so that checks against a limit cannot overflow.
struct Needs {
  std::uint64_t saved_bytes = 0;             ///< written by forward, read by its backward
  std::uint64_t forward_scratch_floats = 0;  ///< during one call; contents undefined at its start
  std::uint64_t backward_scratch_floats = 0;
  bool backward_reads_x = false;
  bool backward_reads_y = false;
  /// y may share memory with x, and dx with dy: each number depends only on the one at the same index.
  bool in_place = false;
};

/// Key of a layer's random streams. Within a stream, numbers are indexed by the image's index in the batch.
struct RandomKey {
  std::uint64_t seed = 0, step = 0;
  std::uint32_t layer = 0;
  /// What else a draw may depend on: the indices of the batch's pictures in the data set (null where they
  /// have none) and the epoch, from 0.
  const std::uint32_t* pictures = nullptr;
  std::uint64_t epoch = 0;
  RandomStream stream(RandomPurpose purpose) const { return RandomStream(seed, purpose, step, layer); }
};

/// The part of a layer's input that a number of its output depends on. Output row i reads `window` rows of
/// the input from row i * stride - before on (those outside are padding); columns likewise.
struct Reach {
  Size2 window{1, 1}, stride{1, 1}, before{0, 0};
  bool whole = false;  ///< it depends on the whole input; the sizes are then unused
  enum class Rule { own, weights, largest, mean, sum };
  Rule rule = Rule::own;  ///< how the window is combined; weights: see unit_weights()
};

/// The weighted sum behind one output channel (or unit): over the window's cells and `channels` channels of
/// the input from first_channel on. weights [window height, window width, channels].
struct UnitWeights {
  int first_channel = 0, channels = 0;
  std::vector<float> weights{};
  std::optional<float> bias{};

  /// Copies column `unit` of the kernel params[0] [count, units], and its bias if params has a second array.
  void take(std::span<const float* const> params, std::size_t count, std::size_t units, int unit) {
    const auto at = static_cast<std::size_t>(unit);
    for (std::size_t i = 0; i < count; ++i) weights.push_back(params[0][i * units + at]);
    if (params.size() > 1) bias = params[1][at];
  }
};

/// The pixels that a model takes: numbers from 0 to 1, or bytes, from 0 to 255,
/// which its own first layer scales.
enum class InputRange { unit, bytes };
std::span<const std::string_view> names_of(InputRange);  // "0..1", "0..255"

/// y = factor[c] * x + offset[c] for each channel c, outside training.
struct ChannelMap {
  std::vector<double> factor, offset;
};

/// Arguments of forward. Arrays are [batch, shape...] and belong to the model's plan.
struct Forward {
  Exec& exec;
  int batch = 0;
  bool training = false;
  /// Recomputes y for backward, from the same x and what was saved. Must not change parameters or moving
  /// averages, and has no scratch. Only where repeats().
  bool repeat = false;
  bool relu = false;  ///< apply relu to y last; only where fuses_relu()
  RandomKey random{};
  std::span<const Shape> x_shapes{};
  std::span<const float* const> xs{};
  const Shape* y_shape = nullptr;
  float* y = nullptr;
  std::span<float* const> params{};  ///< in the order of params(); moving averages are updated here
  void* saved = nullptr;             ///< null: no backward follows
  float* scratch = nullptr;

  const Shape& x_shape() const { return x_shapes[0]; }
  const float* x() const { return xs[0]; }
};

/// An Adam step that the layer's backward takes for one parameter, instead of writing a gradient: a large
/// kernel and its moments then pass through memory once.
struct FusedAdam {
  std::size_t parameter = 0;  ///< index in Model::parameters()
  AdamStep step;
  float *w = nullptr, *m = nullptr, *v = nullptr;
};

/// Arguments of backward. From the gradient of the loss with respect to y it computes those with respect to x
/// (dx =) and to the parameters (gradients +=).
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
  std::span<float* const> dxs{};  ///< null: not needed; never null if all gradients are null
  std::span<const float* const> params{};
  std::span<float* const> gradients{};  ///< null: frozen or not trainable
  const void* saved = nullptr;
  float* scratch = nullptr;
  const FusedAdam* fused = nullptr;  ///< for the first parameter, where fuses_adam()

  const Shape& x_shape() const { return x_shapes[0]; }
  const float* x() const { return xs[0]; }
  float* dx() const { return dxs[0]; }
};

/// While a model runs, its layers are immutable: every array they write is in the argument.
class Layer {
 public:
  virtual ~Layer() = default;

  virtual std::string_view class_name() const = 0;  ///< as in Keras: "MaxPooling2D"
  virtual std::string_view help() const = 0;        ///< a sentence for a learner
  virtual std::string_view group() const = 0;       ///< where a menu puts it: "Convolution", "Pooling", ...
  virtual void fields(Fields&) = 0;

  /// Without the batch. Errors are sentences without the layer's name; the model puts the name in front.
  virtual Result<Shape> output_shape(const Shape& x) const = 0;
  /// Layers that join several inputs override both; they take min_inputs() or more.
  virtual int min_inputs() const { return 1; }
  virtual Result<Shape> joined_shape(std::span<const Shape> xs) const { return output_shape(xs[0]); }

  virtual std::vector<ParameterSpec> params([[maybe_unused]] const Shape& x) const { return {}; }
  virtual Needs needs([[maybe_unused]] const Shape& x, [[maybe_unused]] int batch) const { return {}; }
  /// y equals x, number for number (Flatten; Dropout outside training). The model then shares the memory, or
  /// copies, and calls neither forward nor backward.
  virtual bool is_identity([[maybe_unused]] bool training) const { return false; }
  /// Applied by the model to the output of forward, in a separate step unless it is a relu that the layer
  /// fuses.
  virtual ActivationSpec activation() const { return {}; }
  virtual bool fuses_relu() const { return false; }
  /// Multiplications and additions of forward, for one image.
  virtual double flops([[maybe_unused]] const Shape& x, const Shape& y) const {
    return static_cast<double>(count(y));
  }

  /// For core/inspect. A row of units counts as a picture of one cell.
  virtual Reach reach([[maybe_unused]] const Shape& x) const { return {}; }
  virtual UnitWeights unit_weights([[maybe_unused]] const Shape& x, [[maybe_unused]] int channel,
                                   [[maybe_unused]] std::span<const float* const> params) const {
    return {};
  }

  /// For layers that shift and scale each channel: a model infers its pixel range from them. `params` is
  /// empty while their values are unknown. Null: the layer does something else,
  /// or its parameters are unknown.
  virtual std::optional<ChannelMap> channel_map([[maybe_unused]] const Shape& x,
                                                [[maybe_unused]] std::span<const float* const> params) const {
    return {};
  }

  /// Adds the layer, without its activation, to an ONNX graph (core/layers/onnx_graph.h). An error is a
  /// sentence saying why that is impossible.
  virtual Result<void> onnx(OnnxGraph&) const {
    return Error{"bad_config", std::string(class_name()) + " has no counterpart in ONNX"};
  }

  /// For layers whose parameters are computed from the pictures once, before training (Keras's adapt).
  /// Model::adapt calls these: sum_count, how many sums the layer needs (0: none); gather, which adds a batch
  /// of its input to the sums; settle, which computes the parameters from them.
  virtual std::size_t sum_count([[maybe_unused]] const Shape& x) const { return 0; }
  virtual void gather([[maybe_unused]] const Shape& x_shape, [[maybe_unused]] int batch,
                      [[maybe_unused]] const float* x, [[maybe_unused]] std::span<double> sums) const {}
  virtual void settle([[maybe_unused]] const Shape& x_shape, [[maybe_unused]] std::span<const double> sums,
                      [[maybe_unused]] std::span<float* const> params) const {}

  /// forward is cheap next to a convolution and supports Forward::repeat: a model short of memory may drop y
  /// and compute it again for backward.
  virtual bool repeats() const { return false; }
  /// backward supports Backward::fused, with the same bits as a gradient followed by an optimizer step.
  virtual bool fuses_adam() const { return false; }
  virtual void forward(const Forward&) const {}
  virtual void backward(const Backward&) const {}

  // Set by the model.
  std::string name;       ///< unique in its model: "conv2d_1"
  bool trainable = true;  ///< false: parameters stay fixed, and batch normalization uses moving averages
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
