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
  int8 = 3,
  int32 = 6,
  int64 = 7,
  boolean = 9,
  float16 = 10,
  float64 = 11
};

/// Whether the numbers of that type are in OnnxTensor::floats; else they are in `integers`.
inline bool is_float(OnnxType type) {
  return type == OnnxType::float32 || type == OnnxType::float16 || type == OnnxType::float64;
}

/// Bytes per number; 0 for none.
std::size_t width_of(OnnxType type);

/// A constant. Numbers of float types are in `floats`, all others in `integers`.
struct OnnxTensor {
  std::string name;
  std::vector<std::int64_t> dims;
  OnnxType type = OnnxType::float32;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
  /// Why the numbers are missing (the type is then none): "its numbers are in another file, ...". It becomes
  /// an error only if the tensor is used.
  std::string problem{};
  std::string location{};  ///< path of the file that contains the numbers, if it is not this one

  friend bool operator==(const OnnxTensor&, const OnnxTensor&) = default;
};

struct OnnxAttribute {
  /// AttributeProto.AttributeType
  enum class Kind : std::int32_t {
    other = 0,
    number = 1,
    integer = 2,
    text = 3,
    tensor = 4,
    numbers = 6,
    integers = 7
  };
  std::string name;
  Kind kind = Kind::other;
  float number = 0;
  std::int64_t integer = 0;
  std::string text;
  OnnxTensor tensor;
  std::vector<std::int64_t> integers;
  std::vector<float> numbers{};

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

/// A file beside the model that holds numbers of its constants ("external data").
struct OnnxSideFile {
  std::string name;  ///< folders in it do not matter
  std::span<const std::uint8_t> bytes;
};

/// Errors (bad_model_file) say what is wrong. Constants take at most eight times the size of the files in
/// memory. A constant of a type that is not read here, or in a file that is not in `others`, has a `problem`.
Result<OnnxFile> read_onnx_file(std::span<const std::uint8_t> bytes,
                                std::span<const OnnxSideFile> others = {});
/// Names, without folders, of the files that hold numbers of the model's constants.
std::vector<std::string> side_files_of(const OnnxFile& file);
std::vector<std::uint8_t> write_onnx_file(const OnnxFile& file);

}  // namespace cnn
