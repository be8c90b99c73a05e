#pragma once
/// core/model/model.h: a network. A graph of layers, read from and written as a Keras configuration; Sequential is
/// the simple case. It owns parameters, gradients and the memory of a batch; it knows no loss, optimizer or
/// data.
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
  std::size_t max_activation_bytes = 256u << 20;  ///< of one layer's output for one image
  std::size_t max_memory_bytes = std::size_t{2}
                                 << 30;  ///< of a batch's plan: activations, gradients, scratch
  /// A training plan larger than this keeps no array that its own input gives again cheaply (Layer::repeats):
  /// such arrays are computed once more on the way back. Changes no bit.
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
};

struct SummaryRow {
  int layer = 0;  ///< index in the configuration's list of layers
  std::string name, class_name;
  Shape output_shape;
  std::size_t parameters = 0;
  bool trainable = true;
  double flops = 0;       ///< multiplications and additions of forward, for one image
  std::size_t bytes = 0;  ///< of the output of one image
  std::vector<std::string> connected_to;
};

struct Summary {
  std::vector<SummaryRow> rows;  ///< Keras shows no InputLayer in a Sequential model
  std::size_t total = 0, trainable = 0, non_trainable = 0;
  std::string text;  ///< the table as Keras prints it
};
Json to_json(const Summary&);

struct ForwardOptions {
  bool training = false;
  std::uint64_t seed = 0, step = 0;  ///< keys of dropout's and augmentation's random streams
  /// Places of the batch's pictures in the data set and the epoch, from 0: an augmentation may follow a
  /// picture from epoch to epoch. Null: they have none.
  const std::uint32_t* pictures = nullptr;
  std::uint64_t epoch = 0;
  /// Keep every layer's output (and after backward its gradient) for layer_output and layer_gradient.
  bool keep_all = false;
};

class Model {
 public:
  struct Graph;  // core/model/model_graph.h

  /// A Keras Sequential or Functional configuration: {"class_name": ..., "config": {...}}, as Keras 2, Keras
  /// 3 and TensorFlow.js write it. Errors (bad_config) name the layer and carry its index. Parameters are
  /// zero until initialize() or a file fills them.
  static Result<Model> from_config(const Json& config, const ModelLimits& limits = {});
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  Json config() const;
  Summary summary() const;
  const std::string& name() const;
  const Shape& input_shape() const;
  const Shape& output_shape() const;
  /// The configuration's list, InputLayer included.
  int layer_count() const;
  const Layer& layer(int index) const;
  const Shape& layer_shape(int index) const;
  /// The layers it reads from; none for an InputLayer.
  std::span<const int> layer_inputs(int index) const;
  /// -1 where there is none of that name.
  int find_layer(std::string_view name) const;

  /// Draws every parameter anew, each from a stream of its own.
  void initialize(std::uint64_t seed);
  /// Some layers (whitening convolutions, Normalization) take parameters from the pictures, once, after
  /// initialize(): true from then until adapt().
  bool wants_pictures() const;
  /// next(i) gives the i-th batch of pictures and sets its size, the same at every call, and null after the
  /// last.
  Result<void> adapt(Exec&, const std::function<const float*(int index, int& batch)>& next);
  /// In Keras's order, moving averages included.
  std::span<Parameter> parameters();
  std::span<const Parameter> parameters() const;
  /// A frozen layer keeps its parameters; its gradients are neither computed nor shown as trainable.
  void set_trainable(int layer, bool trainable);
  /// Whether backward can take Adam's step for this parameter itself.
  bool fuses_adam(std::size_t parameter) const;
  /// All but those that `fused` will never write.
  void zero_gradients(std::span<const FusedAdam> fused = {});

  /// Plans and allocates for batches of up to max_batch; forward and backward then allocate nothing. Plans
  /// for training and for inference share their memory. out_of_memory names the batch size and what would
  /// fit.
  Result<void> reserve(int max_batch, bool training);
  /// Bytes held for batches.
  std::size_t memory_bytes() const;

  /// x [batch, input_shape] -> [batch, output_shape], valid until the next forward. Without a fitting
  /// reserve() it makes one. Null where that fails. x must stay as it is until backward is done.
  const float* forward(Exec&, const float* x, int batch, const ForwardOptions& options = {});
  /// What went into the final softmax; the output itself where the model does not end in one. Null before a
  /// forward, and after reserve, adapt or set_trainable made new plans.
  const float* logits() const;
  bool ends_in_softmax() const;
  /// After a forward with training or keep_all (otherwise it does nothing): the gradient of the loss by
  /// logits() [batch, classes] gives the parameters' gradients (+=).
  /// Parameters in `fused`, which must be ones that fuses_adam(), are updated instead; their gradients stay.
  void backward(Exec&, const float* d_logits, std::span<const FusedAdam> fused = {});
  /// Of the last forward, [batch, layer_shape]; after keep_all, or for the last layer. Empty where not kept.
  std::span<const float> layer_output(int layer) const;
  /// The loss's gradient by that output (an InputLayer's: by the pictures), after a backward that followed
  /// keep_all. Empty where there is none.
  std::span<const float> layer_gradient(int layer) const;

 private:
  explicit Model(std::unique_ptr<Graph> graph);
  std::unique_ptr<Graph> graph_;
};

}  // namespace cnn
