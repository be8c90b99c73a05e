#pragma once
/// Shared by the files that read ONNX: messages as lists of fields, and the errors about them.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/onnx/onnx_file.h"
#include "core/onnx/protobuf.h"

namespace cnn {

inline Error bad_onnx_file(const std::string& message) { return {"bad_model_file", "ONNX: " + message}; }
inline Error cut_onnx_file() { return bad_onnx_file("the file is cut off, or it is not an ONNX model."); }

/// Calls take(field) for each field, until take returns an error. A malformed message is an error, too.
template <class Take>
Result<void> each_field(std::span<const std::uint8_t> message, Take take) {
  ProtoReader reader(message);
  while (const std::optional<ProtoField> field = reader.next()) {
    if (Result<void> taken = take(*field); !taken) return taken;
  }
  if (reader.broken()) return cut_onnx_file();
  return {};
}

/// The bytes of the first field with that number; empty where there is none.
inline std::span<const std::uint8_t> inside(std::span<const std::uint8_t> message, std::uint32_t number) {
  ProtoReader reader(message);
  while (const std::optional<ProtoField> field = reader.next()) {
    if (field->number == number) return field->bytes;
  }
  return {};
}

Result<void> append_integers(const ProtoField& field, std::vector<std::int64_t>& integers);

/// none for a type whose numbers are not read.
OnnxType known_type(std::int64_t type);

/// A TensorProto.
Result<OnnxTensor> read_tensor(std::span<const std::uint8_t> message, std::span<const OnnxSideFile> others);

}  // namespace cnn
