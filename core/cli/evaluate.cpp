// The commands `cnn evaluate`, `cnn summary` and `cnn layers`.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "core/cli/commands.h"
#include "core/cli/files.h"
#include "core/layers/layer.h"
#include "core/model/presets.h"
#include "core/training/evaluation.h"

namespace cnn::cli {
namespace {

constexpr Option kModel{"model", "SOURCE",
                        "A preset, a configuration (.json) or a model (.safetensors, .onnx, model.json)."};
constexpr Option kInto{
    "into", "NETWORK",
    "Takes the weights of the model's file alone, for this preset or configuration (.json)."};
constexpr Option kJson{"json", "", "Prints JSON."};
constexpr Option kEvaluateOptions[] = {
    {"data", "SOURCE",
     "A folder of CIFAR-10 batches, a single batch, cifar-10-binary.tar.gz, or sample[:SEED]. Required."},
    kModel,
    kInto,
    kPartial,
    {"split", "NAME", "test or train. Default: test"},
    {"test-time-augmentation", "NAME",
     "plain, mirror or mirror_translate: averages the model's output over variants of each picture. Default: "
     "plain"},
    kJson,
    kThreads,
    kKernels,
};
constexpr Option kSummaryOptions[] = {kModel, kInto, kJson};
constexpr Option kLayersOptions[] = {kJson};

Result<void> evaluate_model(const Arguments& arguments) {
  if (!arguments.has("data"))
    return Error{"bad_argument", "--data is missing; give a folder, an archive, or sample"};
  if (!arguments.has("model"))
    return Error{"bad_argument", "--model is missing; give a trained model (.safetensors)"};
  const std::string split = arguments.text("split", "test");
  if (split != "test" && split != "train")
    return Error{"bad_argument", "--split must be test or train, not " + split};
  const std::string view_word = arguments.text("test-time-augmentation", "plain");
  const auto view_words = names_of(Views::plain);
  const auto view = std::find(view_words.begin(), view_words.end(), view_word);
  if (view == view_words.end()) {
    return Error{"bad_argument",
                 "--test-time-augmentation must be plain, mirror or mirror_translate, not " + view_word};
  }
  auto exec = make_exec(arguments);
  if (!exec) return exec.error();
  auto loaded = load_trained(arguments.text("model"), arguments.text("into"), arguments.has("partial"));
  if (!loaded) return loaded.error();
  auto data = load_data(arguments.text("data"));
  if (!data) return data.error();
  const Dataset& pictures = data->of(split == "test" ? Split::test : Split::train);
  const SparseCategoricalCrossentropy loss;
  const auto result =
      evaluate(loaded->model, pictures, loss, **exec, static_cast<Views>(view - view_words.begin()));
  if (!result) return result.error();
  const std::string text = arguments.has("json") ? to_json(*result, pictures.class_names).dump(1) + "\n"
                                                 : to_text(*result, pictures.class_names);
  std::fputs(text.c_str(), stdout);
  return {};
}

/// What the table does not say.
std::string about(const Model& model) {
  std::string text = "Input: " + model.input_text() + "\n";
  for (const std::string& one : model.left_out())
    text += "Left out, because only training needs it: " + one + "\n";
  return text;
}

Result<void> summary(const Arguments& arguments) {
  if (!arguments.has("model")) {
    for (const Preset& preset : presets()) {
      std::printf("%-16s%.*s\n", std::string(preset.name).c_str(), static_cast<int>(preset.help.size()),
                  preset.help.data());
    }
    return {};
  }
  auto loaded = load_model(arguments.text("model"), 1, arguments.text("into"));
  if (!loaded) return loaded.error();
  const Summary summary = loaded->model.summary();
  if (arguments.has("json")) {
    Json description = to_json(summary);
    if (!loaded->output_taken.empty()) description["output_taken"] = loaded->output_taken;
    if (!loaded->file_taken.empty()) description["file_taken"] = loaded->file_taken;
    std::printf("%s\n", description.dump(1).c_str());
    return {};
  }
  const std::string text = summary.text + about(loaded->model) + about_fitted(loaded->fitted) +
                           (loaded->output_taken.empty() ? "" : loaded->output_taken + "\n") +
                           (loaded->file_taken.empty() ? "" : loaded->file_taken + "\n");
  std::fputs(text.c_str(), stdout);
  return {};
}

Result<void> layers(const Arguments& arguments) {
  const Json types = describe_layer_types();
  if (arguments.has("json")) {
    std::printf("%s\n", types.dump(1).c_str());
    return {};
  }
  for (const Json& type : *types.elements()) {
    std::printf("%s: %s\n", type.find("class_name")->string()->c_str(), type.find("help")->string()->c_str());
    for (const Json& field : *type.find("fields")->elements()) {
      std::printf("    %-24s%s Default: %s\n", field.find("name")->string()->c_str(),
                  field.find("help")->string()->c_str(), field.find("default")->dump().c_str());
    }
  }
  return {};
}

}  // namespace

const Command evaluate_command{
    "evaluate", "Prints loss, accuracy, precision, recall and the confusion matrix of a trained model.",
    kEvaluateOptions, false, &evaluate_model};
const Command summary_command{"summary",
                              "Prints a network's layers and parameters; without --model, the presets.",
                              kSummaryOptions, false, &summary};
const Command layers_command{"layers", "Prints every layer type with its fields.", kLayersOptions, false,
                             &layers};

}  // namespace cnn::cli
