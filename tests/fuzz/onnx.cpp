// Any bytes give an error with a message, or a model that survives being exported and imported again.
#include "core/formats/onnx.h"

#include <cstdint>

#include "core/onnx/onnx_file.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cnn::require;
  if (const auto file = cnn::read_onnx_file({data, size})) {
    const auto written = cnn::write_onnx_file(*file);
    const auto again = cnn::read_onnx_file(written);
    require(again.ok() && cnn::write_onnx_file(*again) == written);
  }
  cnn::ModelLimits limits;
  limits.max_layers = 100;
  const auto model = cnn::import_onnx({data, size}, limits);
  if (!model) {
    require(model.error().code == "bad_model_file" && !model.error().message.empty());
    return 0;
  }
  const auto exported = cnn::export_onnx(model->model, model->notes.class_names);
  if (!exported) return require(!exported.error().message.empty()), 0;
  const auto again = cnn::import_onnx(*exported, limits);
  require(again.ok());
  require(again->notes.class_names == model->notes.class_names);
  return 0;
}
