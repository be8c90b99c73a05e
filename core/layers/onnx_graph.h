#pragma once
/// The ONNX graph to which layers add their nodes when a model is exported (Layer::onnx). Maps are
/// [N, C, H, W] in it, as ONNX runtimes expect. Rows [N, units] keep the order they have here, so a layer
/// that turns maps into rows goes through channels_last().
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/shape.h"
#include "core/layers/activation_spec.h"
#include "core/layers/sliding.h"
#include "core/onnx/onnx_file.h"

namespace cnn {

/// A layer as the graph needs it.
struct OnnxLayer {
  struct Parameter {
    std::string name;  ///< "conv2d/kernel"
    Shape shape{};
    std::span<const float> values{};
  };
  std::string name;                     ///< prefix of its nodes and constants
  std::vector<std::string> xs{};        ///< names of its inputs in the graph
  std::vector<Shape> x_shapes{};        ///< of all inputs, as they are here: [H, W, C]
  Shape x_shape{}, y_shape{};           ///< of the first input and of the output
  std::vector<Parameter> parameters{};  ///< in the order of Layer::params
};

class OnnxGraph {
 public:
  /// Inputs of the layer that is being written.
  const std::string& x(std::size_t input = 0) const { return layer_.xs[input]; }
  std::span<const std::string> xs() const { return layer_.xs; }
  const Shape& x_shape() const { return layer_.x_shape; }
  const Shape& x_shape(std::size_t input) const { return layer_.x_shapes[input]; }
  const Shape& y_shape() const { return layer_.y_shape; }
  /// Sets the layer's output, without its activation: the exporter adds that.
  void give(std::string y) { y_ = std::move(y); }

  /// A parameter of the layer, by its index in params().
  std::span<const float> values(std::size_t parameter) const { return layer_.parameters[parameter].values; }
  const Shape& shape(std::size_t parameter) const { return layer_.parameters[parameter].shape; }
  std::size_t parameter_count() const { return layer_.parameters.size(); }
  /// Adds a parameter as a constant under its own name and returns that name; `dims` and `values` replace the
  /// parameter's own.
  std::string constant(std::size_t parameter);
  std::string constant(std::size_t parameter, std::vector<std::int64_t> dims, std::vector<float> values);
  /// Adds a constant that is not a parameter, named "layer/name".
  std::string constant(std::string_view name, std::vector<std::int64_t> dims, std::vector<float> values);
  std::string constant(std::string_view name, std::vector<std::int64_t> values);

  /// Adds a node named "layer/op" and returns the name of its output. Empty names at the end of `inputs` are
  /// dropped.
  std::string add(std::string_view op, std::vector<std::string> inputs,
                  std::vector<OnnxAttribute> attributes = {});
  std::string channels_last(const std::string& maps);   ///< [N, C, H, W] -> [N, H, W, C]
  std::string channels_first(const std::string& maps);  ///< [N, H, W, C] -> [N, C, H, W]
  std::string activation(const ActivationSpec& spec, const std::string& x);
  /// The attributes kernel_shape, strides and pads of a window that slides over the layer's input.
  std::vector<OnnxAttribute> window(const Sliding& sliding) const;
  /// Raises the file's opset to the first that has an operator used.
  void need_opset(std::int64_t opset);

  // For the exporter (core/formats/onnx_export.cpp).
  /// Starts a layer: everything above is about this one until the next begin().
  void begin(OnnxLayer layer);
  /// What the layer gave.
  const std::string& y() const { return y_; }
  OnnxFile& file() { return file_; }

 private:
  OnnxFile file_;
  std::vector<std::string> taken_;  // names of node outputs
  OnnxLayer layer_;
  std::string y_;
};

}  // namespace cnn
