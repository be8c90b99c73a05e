#pragma once
/// Converts an ONNX graph to a Keras configuration and weights, in one pass over the nodes that lead to the
/// output. Each operator has a function that adds layers, or changes how a value is interpreted. What can be
/// computed from constants is computed (onnx_folding.h). Functions of single numbers (Relu, or the five nodes
/// of a GELU) stay open until a layer needs their value, and are then recognized by their values
/// (onnx_curves.cpp).
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/json.h"
#include "core/layers/layer.h"
#include "core/onnx/onnx_file.h"

namespace cnn {

class OnnxReader {
 public:
  /// Layout of a value in the ONNX graph. In our layers, maps are always channels last.
  enum class Order {
    maps,         ///< [N, C, H, W]
    maps_last,    ///< [N, H, W, C]
    row,          ///< [N, units], in the same order as here
    row_of_maps,  ///< [N, units] in another order than here: its reader must reorder its weights (places)
    cell,         ///< [N, units, 1, 1], a row here
    pieces,       ///< [N, groups, pieces, cells]: in the middle of a Maxout
  };
  /// The input times scale plus offset, each one number or one for each channel: what the graph does to the
  /// pixels before its first layer.
  struct Pixels {
    std::vector<double> scale{1}, offset{0};
    friend bool operator==(const Pixels&, const Pixels&) = default;
  };
  /// A function of a layer's output, number by number.
  struct Curve {
    std::string_view origin;             ///< the value it is a function of
    std::vector<const OnnxNode*> nodes;  ///< that compute it, the last one last
    std::vector<double> y;               ///< at the probes (onnx_curves.cpp)
  };
  struct Value {
    int layer = -1;  ///< index of the layer whose output it is
    Order order = Order::maps;
    bool shared = false;  ///< also read under another name
    Shape maps{};         ///< for pieces: the shape before
    std::shared_ptr<const std::vector<std::size_t>>
        places{};                            ///< for row_of_maps: number i here is places[i]
    std::shared_ptr<const Pixels> pixels{};  ///< not yet made a layer
    std::shared_ptr<const Curve> curve{};    ///< not yet made a layer
  };

  explicit OnnxReader(const OnnxFile& file) : file_(file) {}
  /// Reads what leads to one of the outputs.
  Result<void> read(std::size_t output);
  Json config() const;
  struct Made {
    std::unique_ptr<Layer> layer;
    Json config;
    std::vector<int> inputs;
    std::vector<std::vector<float>> weights;  ///< in the order of Layer::params
    Shape shape;
  };
  const std::vector<Made>& layers() const { return layers_; }
  /// Whether the layers take pixels from 0 to 255, not from 0 to 1.
  bool takes_bytes() const { return range_.value_or(InputRange::unit) == InputRange::bytes; }
  /// The indices of the outputs that can be a classifier's, the best one first.
  static std::vector<std::size_t> candidates(const OnnxFile& file);

 private:
  using Done = Result<void>;
  using Operator = Done (OnnxReader::*)(const OnnxNode&);
  struct OperatorRow;
  static const OperatorRow* find_operator(std::string_view op);

  Done read_input();
  Done read_node(const OnnxNode& node);
  Done check_attributes(const OnnxNode& node, const OperatorRow& known) const;
  Result<bool> folded(const OnnxNode& node);

  // The pixels (onnx_pixels.cpp).
  Result<bool> changes_pixels(const OnnxNode& node);
  Result<int> pixels_layer(const Value& value);
  InputRange range_of(const Pixels& pixels) const;
  Pixels normalized(const OnnxNode& node, const Pixels& pixels) const;

  // Functions of single numbers (onnx_curves.cpp).
  Result<bool> continues_curve(const OnnxNode& node);
  Done settle(std::string_view name);
  Done settle_curve(std::string_view name, const Value& value);
  std::optional<double> scalar_input(const OnnxNode& node, std::size_t input, std::size_t rank) const;
  std::optional<std::vector<double>> at_probes(const OnnxNode& node,
                                               std::span<const std::vector<double>* const> given,
                                               std::size_t rank) const;
  std::optional<Curve> from_middle(const Curve& curve, std::size_t k) const;
  bool is_alone(const Curve& curve, const Value& base) const;
  std::optional<Json> known_activation(const Curve& curve) const;

  // Operators.
  Done same(const OnnxNode&);
  Done cast(const OnnxNode&);
  Done dropout(const OnnxNode&);
  Done shape(const OnnxNode&);
  Done pad(const OnnxNode&);
  Done concat(const OnnxNode&);
  Done transpose(const OnnxNode&);
  Done convolution(const OnnxNode&);
  Done max_pool(const OnnxNode&);
  Done average_pool(const OnnxNode&);
  Done padded_mean(const OnnxNode& node, const Value& x, Json config);
  Result<int> border_layer(int layer, const Padding& padding, Size2 window, Size2 strides);
  Done global_pool(const OnnxNode&);
  Done reduce(const OnnxNode&);
  Done pooled(const OnnxNode& node, const Value& x, bool keeps);
  Done expand(const OnnxNode&);
  Done flatten(const OnnxNode&);
  Done reshape(const OnnxNode&);
  Done squeeze(const OnnxNode&);
  Done unsqueeze(const OnnxNode&);
  Done gemm(const OnnxNode&);
  Done matrix_product(const OnnxNode&);
  Done batch_normalization(const OnnxNode&);
  Done layer_normalization(const OnnxNode&);
  Result<bool> layer_normalization_in_pieces(const OnnxNode& mean);
  /// The output of a node for some cells, each with all its channels, one after the other. Empty: it does not
  /// compute each cell from its own channels. `known` has the node's inputs; x is what the cells are of.
  using Cells = std::vector<double>;
  std::optional<Cells> at_cells(const OnnxNode& node, const Value& x,
                                const std::unordered_map<std::string_view, Cells>& known) const;
  Done prelu(const OnnxNode&);
  Done unread(const OnnxNode&);
  Done softmax(const OnnxNode&);
  Done arithmetic(const OnnxNode&);
  Done of_two(const OnnxNode&);

  // Helpers of the operators. Errors name the node that is being read.
  Error wrong(const std::string& what) const;
  Error no_layer(const OnnxNode& node) const;  ///< for an operator that is not in the table
  const OnnxTensor* constant_input(const OnnxNode& node, std::size_t input) const;
  Result<Value*> value_input(const OnnxNode& node, std::size_t input = 0);
  /// value_input whose pixels and curve have become layers.
  Result<Value*> layer_input(const OnnxNode& node, std::size_t input = 0);
  Result<Value*> maps_input(const OnnxNode& node);
  void give(const OnnxNode& node, Value value);
  void give_same(const OnnxNode& node, Value value);  ///< the input under another name
  bool is_only_reader(const OnnxNode& node, std::size_t input, const Value& value) const;
  const OnnxNode* only_reader(const OnnxNode& node) const;  ///< of its output; null: none or several
  Result<int> add_layer(std::string_view class_name, std::string_view wanted_name, Json config,
                        std::vector<int> inputs, std::vector<std::vector<float>> weights = {});
  std::string name_for(const OnnxNode& node, std::size_t weight_input) const;
  /// The node becomes a layer on `value`. named_by: the input whose name the layer gets,
  /// 0 for the node's own.
  Done add_after(const OnnxNode& node, const Value& value, std::string_view class_name, Json config,
                 std::vector<std::vector<float>> weights = {}, std::size_t named_by = 0);
  Done change_config(Made& made, std::string_view key, Json value);
  Result<Padding> padding(const OnnxNode& node, const Shape& x, Size2 window, Size2 strides) const;
  Result<Json> window(const OnnxNode& node, const Shape& x, std::string_view size_name,
                      std::optional<Size2> size) const;
  Result<Size2> pair(const OnnxNode& node, std::string_view attribute, std::optional<Size2> otherwise) const;
  Done dense(const OnnxNode& node, const OnnxTensor& weights, bool transposed, const OnnxTensor* bias);
  Done shift_and_scale(const OnnxNode& node, const Value& value, const std::vector<float>& list);
  Done flat(const OnnxNode& node, Value value);
  Done as_cell(const OnnxNode& node, Value value);
  Result<std::vector<std::int64_t>> axes_of(const OnnxNode& node, std::int64_t rank) const;
  static std::shared_ptr<const std::vector<std::size_t>> places_of(const Shape& maps);
  /// One number for each channel or unit of `value`, from a constant that is broadcast; in the order of our
  /// layer. Empty: it does not fit.
  std::vector<float> by_channel(const Value& value, const OnnxTensor& numbers) const;
  /// One number for each unit, in the order of our layer.
  std::vector<float> in_our_order(const Value& value, const std::vector<float>& numbers) const;
  std::vector<std::int64_t> dims_of(const Value& value) const;  ///< in the ONNX graph, the batch first
  Made& made(const Value& value) { return layers_[static_cast<std::size_t>(value.layer)]; }
  const Made& made(const Value& value) const { return layers_[static_cast<std::size_t>(value.layer)]; }

  const OnnxFile& file_;
  const OnnxNode* node_ = nullptr;
  std::vector<const OnnxNode*> nodes_;  // those that lead to the output
  std::unordered_map<std::string_view, const OnnxTensor*> constants_;
  std::deque<OnnxTensor> folded_;
  std::uint64_t folded_numbers_ = 0;
  std::unordered_map<std::string_view, Value> values_;
  std::unordered_map<std::string_view, int> readers_;  // number of readers of each name
  std::unordered_map<std::string, int> used_names_;    // last number appended to each base name
  std::unordered_set<std::string> names_;
  std::vector<Made> layers_;
  std::int64_t batch_ = 0;  // of the input; 0 where any size is allowed
  bool bytes_in_ = false;
  std::optional<InputRange> range_;  // unknown before the first layer
  double pixel_factor_ = 1;          // of our input: 255 where a division of bytes was dropped
  std::vector<std::pair<Pixels, int>> pixel_layers_;
  std::unordered_set<const OnnxNode*> done_;  // nodes that were read together with an earlier one
  std::vector<const OnnxNode*> sums_;         // the final Mul of each SumPooling2D
};

}  // namespace cnn
