#pragma once
/// Evaluates ONNX operators on constants: shapes that a graph computes, weights that it transposes or
/// reshapes, indices that it gathers.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/onnx/onnx_file.h"

namespace cnn {

/// Stands for the number of pictures in a batch, which is not known, in shapes that a graph computes
/// (Shape). It may be moved, but not computed with.
inline constexpr std::int64_t kBatchSize = -(std::int64_t{1} << 50);

/// A shape as sentences write it: (batch, 4, -1).
std::string shape_text(std::span<const std::int64_t> dims);

/// What the node's first output is, if all its inputs are constants. Empty: an operator or an attribute that
/// is not evaluated here. inputs: null where an optional one is omitted. Errors are sentences without a
/// subject. At most `most` numbers are made.
Result<std::optional<OnnxTensor>> fold(const OnnxNode& node, std::span<const OnnxTensor* const> inputs,
                                       std::uint64_t most);

/// The output of a Shape node for an input of that shape.
OnnxTensor shape_constant(const OnnxNode& node, std::span<const std::int64_t> dims);

}  // namespace cnn
