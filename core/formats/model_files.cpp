#include "core/formats/model_files.h"

#include <algorithm>

#include "core/formats/onnx.h"
#include "core/formats/tfjs.h"

namespace cnn {
namespace {

constexpr std::string_view kFormats[] = {"safetensors", "tfjs", "onnx"};

bool begins_as_json(std::span<const std::uint8_t> bytes) {
  const auto first = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t c) {
    return c != ' ' && c != '\n' && c != '\r' && c != '\t';
  });
  return first != bytes.end() && *first == '{';
}

/// Eight bytes of a length, of which the upper ones are 0, then the header's opening brace.
bool begins_as_safetensors(std::span<const std::uint8_t> bytes) {
  return bytes.size() > 8 && bytes[6] == 0 && bytes[7] == 0 && bytes[8] == '{';
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool begins_as_onnx(std::span<const std::uint8_t> bytes) {
  return !bytes.empty() && bytes[0] == 0x08;
}  // ir_version

Result<LoadedModel> from_json(std::size_t at, std::span<const FileView> files, const ModelLimits& limits) {
  const std::span<const std::uint8_t> bytes = files[at].bytes;
  const Result<Json> json = parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!json) return Error{"bad_model_file", files[at].name + ": " + json.error().message};
  if (json->find("modelTopology")) {
    std::vector<FileView> others(files.begin(), files.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
    return import_tfjs(*json, others, limits);
  }
  Result<Model> model = Model::from_config(*json, limits);
  if (!model)
    return Error{"bad_model_file", files[at].name + ": " + model.error().message, model.error().layer};
  return LoadedModel{std::move(*model), {}, false, {}, {}};
}

}  // namespace

std::span<const std::string_view> model_formats() { return kFormats; }

Result<std::vector<ModelFile>> export_model(std::string_view format, const Model& model,
                                            const ModelNotes& notes, NumberType type) {
  std::vector<ModelFile> files;
  if (format == "safetensors") {
    ModelNotes kept = notes;
    kept.training = {};  // useless without the trainer's arrays
    files.push_back({"model.safetensors", save_checkpoint(model, kept, {}, type)});
    return files;
  }
  if (type != NumberType::float32) return Error{"bad_argument", "half precision is for safetensors only"};
  if (format == "tfjs") return export_tfjs(model, notes.class_names);
  if (format == "onnx") {
    Result<std::vector<std::uint8_t>> bytes = export_onnx(model, notes.class_names);
    if (!bytes) return bytes.error();
    files.push_back({"model.onnx", std::move(*bytes)});
    return files;
  }
  return Error{"bad_argument",
               "there is no format \"" + std::string(format) + "\"; there are safetensors, tfjs and onnx"};
}

Result<LoadedModel> import_model(std::span<const FileView> files, const Json* config,
                                 const ModelLimits& limits) {
  if (files.empty()) return Error{"bad_argument", "choose the model's files"};
  if (files.size() == 1 && begins_as_safetensors(files[0].bytes))
    return load_checkpoint(files[0].bytes, config, limits);
  for (const FileView& file : files) {  // its numbers may be in files beside it, which begin with any byte
    if (!begins_as_onnx(file.bytes) || (files.size() > 1 && !ends_with(file.name, ".onnx"))) continue;
    std::vector<OnnxSideFile> others;
    for (const FileView& other : files) {
      if (&other != &file) others.push_back({other.name, other.bytes});
    }
    return import_onnx(file.bytes, limits, others);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (begins_as_json(files[i].bytes)) return from_json(i, files, limits);
  }
  if (files.size() > 1) {
    return Error{
        "bad_model_file",
        "one of several files must be the model.json of TensorFlow.js; other models are a single file"};
  }
  return Error{
      "bad_model_file",
      files[0].name + ": this is no safetensors file, no TensorFlow.js model.json and no ONNX model"};
}

}  // namespace cnn
