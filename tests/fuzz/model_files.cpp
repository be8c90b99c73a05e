// TensorFlow.js models, checkpoints and configurations. The input is model.json, a zero byte and its weights;
// or any single file. It gives an error with a message, or a model whose export can be imported with the same
// weights.
#include "core/formats/model_files.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cnn::require;
  const std::span<const std::uint8_t> all(data, size);
  std::vector<cnn::FileView> files;
  const auto zero = std::find(all.begin(), all.end(), 0);
  if (!all.empty() && all[0] == '{' && zero != all.end()) {
    const auto at = static_cast<std::size_t>(zero - all.begin());
    files = {{"model.json", all.first(at)}, {"weights.bin", all.subspan(at + 1)}};
  } else {
    files = {{"file", all}};
  }
  cnn::ModelLimits limits;
  limits.max_parameters = 1 << 16;
  limits.max_layers = 100;
  const auto model = cnn::import_model(files, nullptr, limits);
  if (!model) {
    require(model.error().code == "bad_model_file" && !model.error().message.empty());
    return 0;
  }
  for (const std::string_view format : {"safetensors", "tfjs"}) {
    const auto exported = cnn::export_model(format, model->model, model->notes);
    if (!exported) {
      require(format == "tfjs" && exported.error().code == "bad_config");
      continue;
    }
    std::vector<cnn::FileView> views;
    for (const cnn::ModelFile& file : *exported) views.push_back({file.name, file.bytes});
    const auto again = cnn::import_model(views, nullptr, limits);
    require(again.ok() && again->notes.class_names == model->notes.class_names);
    const auto a = model->model.parameters(), b = again->model.parameters();
    require(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      require(a[i].value.size() == b[i].value.size());
      require(a[i].value.empty() ||
              std::memcmp(a[i].value.data(), b[i].value.data(), a[i].value.size_bytes()) == 0);
    }
  }
  return 0;
}
