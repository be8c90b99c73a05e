#pragma once
/// A network: a graph of layers, read from and written as a Keras configuration. It owns the parameters,
/// their gradients and the memory of a batch. It knows nothing of losses, optimizers and data.
///
///   auto model = Model::from_config(config);            // layers, shapes, memory for parameters
///   model->initialize(seed);                            // random weights
///   const float* y = model->forward(exec, x, batch);    // predictions
///   model->zero_gradients();                            // and with ForwardOptions::training:
///   model->backward(exec, d_logits);                    // adds to the parameters' gradients
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/base/shape.h"
#include "core/layers/layer.h"
#include "core/run/exec.h"

namespace cnn {

/// Checked before anything is allocated.
struct ModelLimits {
  std::size_t max_parameters = 64u << 20;         ///< numbers, in all layers together
  std::size_t max_activation_bytes = 256u << 20;  ///< one layer's output for one image
  /// The plan of a batch: activations, gradients and scratch.
  std::size_t max_memory_bytes = std::size_t{2} << 30;
  /// In a training plan larger than this, outputs that are cheap to recompute from their input
  /// (Layer::repeats) are not kept: backward computes them again. The results are bit-identical.
  std::size_t repeat_above_bytes = 256u << 20;
  int max_layers = 1000;
};

struct Parameter {
  std::string name;  ///< "conv2d/kernel", as Keras and safetensors files have it
  Shape shape;
  bool trainable = true;  ///< false: frozen, or a moving average
  int layer = 0;          ///< index in the configuration's list of layers
  std::span<float> value;
  std::span<float> gradient;  ///< empty for moving averages
  Regularizer regularizer;    ///< of its layer; training adds it (core/training/regularization.h)
};

struct SummaryRow {
  int layer = 0;  ///< index in the configuration's list of layers
  std::string name, class_name;
  Shape output_shape;
  std::size_t parameters = 0;
  bool trainable = true;
  double flops = 0;       ///< multiplications and additions of forward for one image
  std::size_t bytes = 0;  ///< size of the output for one image
  std::vector<std::string> connected_to;
};

struct Summary {
  std::vector<SummaryRow> rows;  ///< without the InputLayer in a Sequential model, as in Keras
  std::size_t total = 0, trainable = 0, non_trainable = 0;
  InputRange input_range = InputRange::unit;
  std::string text;  ///< the table as Keras prints it
};
Json to_json(const Summary&);

struct ForwardOptions {
  bool training = false;
  std::uint64_t seed = 0, step = 0;  ///< keys of the random streams of dropout and augmentation
  /// Indices of the batch's pictures in the data set, and the epoch, from 0: some augmentations follow a
  /// picture from epoch to epoch. Null: the pictures are not from a data set.
  const std::uint32_t* pictures = nullptr;
  std::uint64_t epoch = 0;
  /// Keep every layer's output (and, after backward, its gradient) for layer_output and layer_gradient.
  bool keep_all = false;
};

class Model {
 public:
  struct Graph;  ///< model_graph.h

  /// Builds a Keras Sequential or Functional configuration: {"class_name": ..., "config": {...}}, as written
  /// by Keras 2, Keras 3 and TensorFlow.js. Errors (bad_config) name the layer and carry its index.
  /// "input_range" beside class_name says which pixels it takes; without it, the range is inferred from the
  /// first layers.
  /// Parameters are zero until initialize() or a file fills them.
  static Result<Model> from_config(const Json& config, const ModelLimits& limits = {});
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  Json config() const;
  Summary summary() const;
  const std::string& name() const;
  const Shape& input_shape() const;
  const Shape& output_shape() const;
  /// Parts of the configuration that were dropped, because they matter to training only and are not
  /// supported: "random_rotation (RandomRotation)"; and weights that are no longer shared.
  std::span<const std::string> left_out() const;
  /// Layers for further uses of a layer whose weights the configuration shares, each with that layer's name:
  /// a reader of weights gives both the same.
  std::span<const std::pair<std::string, std::string>> copies() const;
  /// Removes dropped initializers from left_out(), for a model whose weights come from a file.
  void forget_initializers();
  /// The pixels that the first layer takes. forward is given pixels from 0 to 1 in any case; for bytes, the
  /// InputLayer multiplies them by 255.
  InputRange input_range() const;
  /// The results of the last forward are lost.
  void set_input_range(InputRange range);
  /// The range inferred from the first layers and their current weights (core/model/input_range.cpp), so call
  /// it after the weights are loaded. Returns 0 to 1 if it cannot be inferred.
  InputRange range_by_weights() const;
  /// A line to display: "takes pixels 0 to 255, scaled by its first layer".
  std::string input_text() const;
  /// Layers are indexed as in the configuration's list, InputLayer included.
  int layer_count() const;
  const Layer& layer(int index) const;
  const Shape& layer_shape(int index) const;
  /// Indices of the layers it reads from; none for an InputLayer.
  std::span<const int> layer_inputs(int index) const;
  /// Its index; -1 if no layer has this name.
  int find_layer(std::string_view name) const;

  /// Draws every parameter, each from its own random stream.
  void initialize(std::uint64_t seed);
  /// Some layers (whitening convolutions, Normalization) compute parameters from pictures, once, after
  /// initialize(). If there are any: true from initialize() until adapt().
  bool wants_pictures() const;
  /// Computes those parameters. next(i) returns the i-th batch of pictures and sets its size; null after the
  /// last. It is called several times with the same i and must return the same pictures.
  Result<void> adapt(Exec&, const std::function<const float*(int index, int& batch)>& next);
  /// In Keras's order, including moving averages.
  std::span<Parameter> parameters();
  std::span<const Parameter> parameters() const;
  /// A layer that is not trainable keeps its parameters, and their gradients are not computed.
  void set_trainable(int layer, bool trainable);
  /// Whether backward can itself apply Adam's step to this parameter.
  bool fuses_adam(std::size_t parameter) const;
  /// Call before backward. Skips the gradients of parameters in `fused`, which backward does not use.
  void zero_gradients(std::span<const FusedAdam> fused = {});

  /// Plans and allocates for batches of up to max_batch, after which forward and backward allocate nothing.
  /// The plans for training and inference share memory. The error out_of_memory names the batch size and the
  /// largest one that fits.
  Result<void> reserve(int max_batch, bool training);
  /// Bytes allocated for batches.
  std::size_t memory_bytes() const;

  /// x [batch, input_shape] -> [batch, output_shape], valid until the next forward. Calls reserve() if the
  /// plan is too small, and returns null if that fails. x must outlive backward, unchanged.
  const float* forward(Exec&, const float* x, int batch, const ForwardOptions& options = {});
  /// The input of the final softmax; the output itself if the model does not end in one. Null before forward,
  /// and after reserve, adapt or set_trainable made a new plan.
  const float* logits() const;
  bool ends_in_softmax() const;
  /// Call after a forward with training or keep_all; otherwise it does nothing. d_logits [batch, classes] is
  /// the gradient of the loss with respect to logits(). Adds to the gradients of the parameters. Parameters
  /// in `fused` (fuses_adam() must be true) are updated instead, and their gradients stay as they are.
  void backward(Exec&, const float* d_logits, std::span<const FusedAdam> fused = {});
  /// [batch, layer_shape] of the last forward. Kept for the last layer and, with keep_all, for all; otherwise
  /// empty.
  std::span<const float> layer_output(int layer) const;
  /// The gradient of the loss with respect to that output (for an InputLayer: to the pictures). Available
  /// after forward with keep_all and backward; otherwise empty.
  std::span<const float> layer_gradient(int layer) const;

 private:
  explicit Model(std::unique_ptr<Graph> graph);
  std::unique_ptr<Graph> graph_;
};

}  // namespace cnn
