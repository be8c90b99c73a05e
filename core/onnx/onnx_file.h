#pragma once
/// Reads and writes the content of an ONNX file (onnx.proto of https://github.com/onnx/onnx), as far as
/// convolutional networks need it. Knows nothing of layers: those are in core/layers/onnx_graph.h and
/// core/formats/onnx_import.cpp.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace cnn {

/// TensorProto.DataType
enum class OnnxType : std::int32_t {
  none = 0,
  float32 = 1,
  uint8 = 2,
  int64 = 7,
  float16 = 10,
  float64 = 11
};

/// Bytes per number; 0 for none.
std::size_t width_of(OnnxType type);

/// A constant. Numbers of float types are in `floats`, those of int64 and uint8 in `integers`.
struct OnnxTensor {
  std::string name;
  std::vector<std::int64_t> dims;
  OnnxType type = OnnxType::float32;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;

  friend bool operator==(const OnnxTensor&, const OnnxTensor&) = default;
};

struct OnnxAttribute {
  /// AttributeProto.AttributeType
  enum class Kind : std::int32_t { other = 0, number = 1, integer = 2, text = 3, tensor = 4, integers = 7 };
  std::string name;
  Kind kind = Kind::other;
  float number = 0;
  std::int64_t integer = 0;
  std::string text;
  OnnxTensor tensor;
  std::vector<std::int64_t> integers;

  static OnnxAttribute of(std::string name, float value);
  static OnnxAttribute of(std::string name, std::int64_t value);
  static OnnxAttribute of(std::string name, std::string value);
  static OnnxAttribute of(std::string name, std::vector<std::int64_t> value);
  friend bool operator==(const OnnxAttribute&, const OnnxAttribute&) = default;
};

struct OnnxNode {
  std::string op, name, domain;
  std::vector<std::string> inputs, outputs;  ///< names; an empty name is an omitted optional input
  std::vector<OnnxAttribute> attributes;

  const OnnxAttribute* find(std::string_view attribute) const;
  friend bool operator==(const OnnxNode&, const OnnxNode&) = default;
};

/// An input or output of the graph.
struct OnnxValue {
  std::string name;
  OnnxType type = OnnxType::float32;
  std::vector<std::int64_t> dims;  ///< -1: any size
  friend bool operator==(const OnnxValue&, const OnnxValue&) = default;
};

struct OnnxFile {
  std::int64_t ir_version = 8, opset = 17;  ///< supported by ONNX Runtime 1.12 (2022) and later
  std::string graph_name, doc;
  std::vector<OnnxNode> nodes;  ///< in topological order
  std::vector<OnnxTensor> constants;
  std::vector<OnnxValue> inputs, outputs;
  std::vector<std::pair<std::string, std::string>> metadata;

  friend bool operator==(const OnnxFile&, const OnnxFile&) = default;
};

/// Errors (bad_model_file) say what is wrong. Constants take at most four times the file's size in memory.
Result<OnnxFile> read_onnx_file(std::span<const std::uint8_t> bytes);
std::vector<std::uint8_t> write_onnx_file(const OnnxFile& file);

}  // namespace cnn
