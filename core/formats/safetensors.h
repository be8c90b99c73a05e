#pragma once
/// core/formats/safetensors.h: files of named arrays, read and written
/// (https://huggingface.co/docs/safetensors).
///   8 bytes   length of the header, little-endian
///   header    JSON: {"name": {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ...,
///             "__metadata__": {"key": "text"}}; offsets count from the header's end
///   data      the arrays, row-major, little-endian, one after another without holes
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

  /// Null where there is none of that name.
  const TensorView* find(std::string_view name) const;
  const std::string* text(std::string_view key) const;
};

struct SafetensorsLimits {
  std::size_t max_header_bytes = 16u << 20;
  std::size_t max_tensors = 100'000;
};

/// The arrays' bytes stay in `file`. F32, F16 and BF16 are read. Errors (bad_model_file) name the array.
/// Refused as the format asks: holes, overlaps, offsets outside, sizes that do not match, keys that come
/// twice.
Result<Safetensors> read_safetensors(std::span<const std::uint8_t> file,
                                     const SafetensorsLimits& limits = {});

/// Writes numbers as they come, or, with float16, float32 arrays rounded to half precision.
std::vector<std::uint8_t> write_safetensors(const Safetensors& content,
                                            NumberType type = NumberType::float32);

}  // namespace cnn
