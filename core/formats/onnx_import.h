#pragma once
/// Converts an ONNX graph to a Keras configuration and weights, in one pass over the nodes. Each operator has
/// a function that adds layers, or changes how a value is interpreted.
#include <memory>
#include <optional>
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
    row_of_maps,  ///< [N, units], flattened from [C, H, W]: its reader must reorder its weights
    pieces,       ///< [N, groups, pieces, cells]: in the middle of a Maxout
  };
  struct Value {
    int layer = -1;  ///< index of the layer whose output it is
    Order order = Order::maps;
    bool shared = false;  ///< also read under another name
    Shape maps{};         ///< for row_of_maps: height, width, channels before they were flattened
  };

  explicit OnnxReader(const OnnxFile& file) : file_(file) {}
  Result<void> read();
  Json config() const;
  struct Made {
    std::unique_ptr<Layer> layer;
    Json config;
    std::vector<int> inputs;
    std::vector<std::vector<float>> weights;  ///< in the order of Layer::params
    Shape shape;
  };
  const std::vector<Made>& layers() const { return layers_; }

 private:
  using Done = Result<void>;
  using Operator = Done (OnnxReader::*)(const OnnxNode&);
  static Operator find_operator(std::string_view op);

  Done read_input();
  Done read_node(const OnnxNode& node);
  Done end_pixels();
  static bool is_per_byte(double scale);

  // Operators.
  Done same(const OnnxNode&);
  Done constant(const OnnxNode&);
  Done pad(const OnnxNode&);
  Done transpose(const OnnxNode&);
  Done convolution(const OnnxNode&);
  Done max_pool(const OnnxNode&);
  Done average_pool(const OnnxNode&);
  Done global_average_pool(const OnnxNode&);
  Done reduce_mean(const OnnxNode&);
  Done flatten(const OnnxNode&);
  Done reshape(const OnnxNode&);
  Done squeeze(const OnnxNode&);
  Done gemm(const OnnxNode&);
  Done matrix_product(const OnnxNode&);
  Done batch_normalization(const OnnxNode&);
  Done activation(const OnnxNode&);
  Done softmax(const OnnxNode&);
  Done arithmetic(const OnnxNode&);

  // Helpers of the operators. Errors name the node that is being read.
  Error wrong(const std::string& what) const;
  const OnnxTensor* constant_input(const OnnxNode& node, std::size_t input) const;
  Result<Value*> value_input(const OnnxNode& node, std::size_t input = 0);
  Result<Value*> layer_input(const OnnxNode& node, std::size_t input = 0);
  Result<Value*> maps_input(const OnnxNode& node);
  void give(const OnnxNode& node, Value value);
  void give_same(const OnnxNode& node, Value value);  ///< the input under another name
  bool is_only_reader(const OnnxNode& node, std::size_t input, const Value& value) const;
  Result<int> add_layer(std::string_view class_name, std::string_view wanted_name, Json config,
                        std::vector<int> inputs, std::vector<std::vector<float>> weights = {});
  std::string name_for(const OnnxNode& node, std::size_t weight_input) const;
  Done add_after(const OnnxNode& node, const Value& value, std::string_view class_name, Json config,
                 std::vector<std::vector<float>> weights = {});
  Done add_activation(const OnnxNode& node, const Value& value, Json activation);
  Result<std::string> padding(const OnnxNode& node, const Shape& x, Size2 window, Size2 strides) const;
  Result<Json> window(const OnnxNode& node, const Shape& x, std::string_view size_name,
                      std::optional<Size2> size) const;
  Result<Size2> pair(const OnnxNode& node, std::string_view attribute, std::optional<Size2> otherwise) const;
  Done dense(const OnnxNode& node, const OnnxTensor& weights, bool transposed, const OnnxTensor* bias);
  Done shift_and_scale(const OnnxNode& node, const Value& value, const OnnxTensor& numbers);
  Done flat(const OnnxNode& node, Value value);
  Made& made(const Value& value) { return layers_[static_cast<std::size_t>(value.layer)]; }

  const OnnxFile& file_;
  const OnnxNode* node_ = nullptr;
  std::unordered_map<std::string_view, const OnnxTensor*> constants_;
  std::unordered_map<std::string_view, Value> values_;
  std::unordered_map<std::string_view, int> readers_;  // number of readers of each name
  std::unordered_map<std::string, int> used_names_;    // last number appended to each base name
  std::unordered_set<std::string> names_;
  std::vector<Made> layers_;
  bool bytes_in_ = false;
  bool pixels_done_ = false;           // end_pixels() has run
  std::vector<const OnnxNode*> sums_;  // the final Mul of each SumPooling2D
  double scale_ = 1;                   // factor of the input so far; valid until pixels_done_
};

}  // namespace cnn
