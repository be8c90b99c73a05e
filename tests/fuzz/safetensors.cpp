// Any bytes give an error with a message, or arrays that survive being written and read again.
#include "core/formats/safetensors.h"

#include <cstdint>

#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cnn::require;
  const auto file = cnn::read_safetensors({data, size}, {.max_header_bytes = 1 << 20, .max_tensors = 1000});
  if (!file) {
    require(file.error().code == "bad_model_file" && !file.error().message.empty());
    return 0;
  }
  const auto written = cnn::write_safetensors(*file);
  const auto again = cnn::read_safetensors(written);
  require(again.ok() && again->metadata == file->metadata && again->tensors.size() == file->tensors.size());
  for (std::size_t i = 0; i < file->tensors.size(); ++i) {
    const cnn::TensorView &a = file->tensors[i], &b = again->tensors[i];
    require(a.name == b.name && a.type == b.type && a.shape == b.shape && a.bytes.size() == b.bytes.size());
    for (std::size_t k = 0; k < a.bytes.size(); ++k) require(a.bytes[k] == b.bytes[k]);
  }
  require(cnn::write_safetensors(*again) == written);
  return 0;
}
