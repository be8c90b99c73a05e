#pragma once
/// core/layers/onnx_graph.h: what a layer writes itself into when a model becomes an ONNX graph
/// (Layer::onnx). Maps are [N, C, H, W] there, as its runtimes want them; rows [N, units] are as they are
/// here, so a layer that makes rows of maps goes through channels_last().
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/layers/activation_spec.h"
#include "core/layers/sliding.h"
#include "core/model/model.h"
#include "core/onnx/onnx_file.h"

namespace cnn {

class OnnxGraph {
 public:
  /// The layer that is being written, its inputs, and where its output is to be put.
  const std::string& x(std::size_t input = 0) const { return xs_[input]; }
  std::span<const std::string> xs() const { return xs_; }
  const Shape& x_shape() const { return x_shape_; }
  const Shape& y_shape() const { return y_shape_; }
  /// The output without the layer's activation, which follows by itself.
  void give(std::string y) { y_ = std::move(y); }

  /// A parameter of the layer, by its place in params().
  std::span<const float> values(std::size_t parameter) const { return parameters_[parameter].value; }
  const Shape& shape(std::size_t parameter) const { return parameters_[parameter].shape; }
  std::size_t parameter_count() const { return parameters_.size(); }
  /// The same as a constant of the graph under its own name; `dims` and `values` where they differ from the
  /// parameter's.
  std::string constant(std::size_t parameter);
  std::string constant(std::size_t parameter, std::vector<std::int64_t> dims, std::vector<float> values);
  /// A constant that is no parameter: "conv2d/area".
  std::string constant(std::string_view name, std::vector<std::int64_t> dims, std::vector<float> values);

  std::string constant(std::string_view name, std::vector<std::int64_t> values);

  /// A node named "layer/op"; returns the name of its output. Empty inputs are left out.
  std::string add(std::string_view op, std::vector<std::string> inputs,
                  std::vector<OnnxAttribute> attributes = {});
  std::string channels_last(const std::string& maps);   ///< [N, C, H, W] -> [N, H, W, C]
  std::string channels_first(const std::string& maps);  ///< and back
  std::string activation(const ActivationSpec& spec, const std::string& x);
  /// kernel_shape, strides and pads of a window that slides over the layer's input.
  std::vector<OnnxAttribute> window(const Sliding& sliding) const;
  /// The first opset that has what was added.
  void need_opset(std::int64_t opset);

 private:
  friend Result<std::vector<std::uint8_t>> export_onnx(const Model&, std::span<const std::string>);
  void enter(const Model& model, int layer);

  OnnxFile file_;
  std::vector<std::string> outputs_;  // by layer of the model
  std::vector<std::string> taken_;    // names of node outputs
  std::string layer_, y_;
  std::vector<std::string> xs_;
  Shape x_shape_, y_shape_;
  std::span<const Parameter> parameters_;
};

}  // namespace cnn
