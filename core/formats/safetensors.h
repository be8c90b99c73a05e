#pragma once
/// Reads and writes files of named arrays (https://huggingface.co/docs/safetensors).
///   8 bytes   length of the header, little-endian
///   header    JSON: {"name": {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ...,
///             "__metadata__": {"key": "text"}}; offsets are relative to the end of the header
///   data      the arrays, row-major, little-endian, contiguous
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/tensor_view.h"

namespace cnn {

struct Safetensors {
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<TensorView> tensors;  ///< in the order of their data
  /// Arrays of whole numbers, which are no weights: a counter such as PyTorch's num_batches_tracked.
  /// Names only.
  std::vector<std::string> counters;

  /// Null if there is none of that name.
  const TensorView* find(std::string_view name) const;
  const std::string* text(std::string_view key) const;
};

struct SafetensorsLimits {
  std::size_t max_header_bytes = 16u << 20;
  std::size_t max_tensors = 100'000;
};

/// The arrays are views of `file`, which must outlive them. F32, F16 and BF16 are supported; integer arrays
/// are checked and skipped. Errors (bad_model_file) name the array. As the format requires, holes, overlaps,
/// offsets outside the file, sizes that do not match and duplicate keys are rejected.
Result<Safetensors> read_safetensors(std::span<const std::uint8_t> file,
                                     const SafetensorsLimits& limits = {});

/// Writes numbers unchanged or, with float16, float32 arrays rounded to half precision.
std::vector<std::uint8_t> write_safetensors(const Safetensors& content,
                                            NumberType type = NumberType::float32);

}  // namespace cnn
