// The commands `cnn export` and `cnn predict`.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "core/cli/commands.h"
#include "core/cli/files.h"
#include "core/formats/model_files.h"
#include "core/kernels/activation.h"
#include "core/model/presets.h"
#include "core/training/evaluation.h"

namespace cnn::cli {
namespace {

constexpr Option kModel{
    "model", "SOURCE",
    "A model's file or folder (.safetensors, .onnx, TensorFlow.js's model.json), or a preset."};
constexpr Option kInto{
    "into", "NETWORK",
    "Takes the weights of the model's file alone, for this preset or configuration (.json)."};
constexpr Option kExportOptions[] = {
    kModel,
    kInto,
    kPartial,
    {"format", "NAME", "safetensors, tfjs, onnx, pytorch or keras. Required."},
    {"out", "PATH",
     "The file to write; for tfjs and the programs of pytorch and keras, the folder. Required."},
    {"half", "", "Half precision (safetensors only): half the size, rounded weights."},
};
constexpr Option kPredictOptions[] = {
    kModel,
    kInto,
    kPartial,
    {"pictures", "FILE",
     "Raw pictures of the model's input size: RGB bytes, row by row, one picture after another. Required."},
    kThreads,
    kKernels,
};
constexpr int kBatch = 64;

Result<void> need(const Arguments& arguments, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (!arguments.has(name)) return Error{"bad_argument", "--" + std::string(name) + " is missing"};
  }
  return {};
}

Result<void> export_to_file(const Arguments& arguments) {
  if (auto given = need(arguments, {"model", "format", "out"}); !given) return given;
  auto loaded = load_trained(arguments.text("model"), arguments.text("into"), arguments.has("partial"));
  if (!loaded) return loaded.error();
  const std::string format = arguments.text("format"), out = arguments.text("out");
  if (is_program(format) && loaded->notes.fit.is_null())
    loaded->notes.fit = preset_fit(arguments.text("model"));  // empty for anything but a preset
  const NumberType type = arguments.has("half") ? NumberType::float16 : NumberType::float32;
  const auto files = export_model(format, loaded->model, loaded->notes, type);
  if (!files) return files.error();
  if (files->size() == 1) return write_file(out, files->front().bytes);
  std::error_code failed;
  std::filesystem::create_directories(out, failed);
  for (const ModelFile& file : *files) {
    if (auto written = write_file((std::filesystem::path(out) / file.name).string(), file.bytes); !written)
      return written;
  }
  return {};
}

Result<void> predict(const Arguments& arguments) {
  if (auto given = need(arguments, {"model", "pictures"}); !given) return given;
  auto exec = make_exec(arguments);
  if (!exec) return exec.error();
  auto loaded = load_trained(arguments.text("model"), arguments.text("into"), arguments.has("partial"));
  if (!loaded) return loaded.error();
  auto bytes = read_file(arguments.text("pictures"));
  if (!bytes) return bytes.error();
  Model& model = loaded->model;
  const std::size_t size = count(model.input_shape()), classes = count(model.output_shape());
  if (bytes->empty() || bytes->size() % size != 0) {
    return Error{"bad_data", arguments.text("pictures") + ": its " + std::to_string(bytes->size()) +
                                 " bytes are not a whole number of pictures of " + std::to_string(size) +
                                 " bytes"};
  }
  const std::size_t n = bytes->size() / size;
  const bool logits = outputs_are_logits(model, SparseCategoricalCrossentropy());
  std::vector<float> x(kBatch * size), probabilities(classes);
  std::printf("[");
  for (std::size_t at = 0; at < n; at += kBatch) {
    const std::size_t batch = std::min<std::size_t>(kBatch, n - at);
    for (std::size_t i = 0; i < batch * size; ++i)
      x[i] = static_cast<float>((*bytes)[at * size + i]) * (1.0f / 255.0f);
    const float* outputs = model.forward(**exec, x.data(), static_cast<int>(batch));
    if (!outputs)
      return Error{"out_of_memory",
                   "there is no memory for a batch of " + std::to_string(batch) + " pictures"};
    for (std::size_t i = 0; i < batch; ++i) {
      const float* row = (logits ? model.logits() : outputs) + i * classes;
      if (logits) {
        softmax_forward(**exec, 1, static_cast<int>(classes), row, probabilities.data());
        row = probabilities.data();
      }
      std::printf("%s\n[", at + i > 0 ? "," : "");
      for (std::size_t k = 0; k < classes; ++k)
        std::printf("%s%.9g", k > 0 ? "," : "", static_cast<double>(row[k]));
      std::printf("]");
    }
  }
  std::printf("\n]\n");
  return {};
}

}  // namespace

const Command export_command{
    "export",
    "Writes a model for other tools: TensorFlow.js, ONNX, safetensors, or as a program for PyTorch or Keras.",
    kExportOptions, false, &export_to_file};
const Command predict_command{"predict", "Prints the class probabilities of raw pictures, as JSON.",
                              kPredictOptions, false, &predict};

}  // namespace cnn::cli
