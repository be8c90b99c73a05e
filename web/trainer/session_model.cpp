// The session's model requests: building, describing, exporting and importing.
#include <algorithm>
#include <utility>

#include "core/archives/crc32.h"
#include "core/formats/model_files.h"
#include "core/model/presets.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

constexpr std::string_view kCheckpoint = "checkpoint";
constexpr std::string_view kCheckpointFile = "checkpoint.safetensors";
constexpr int kImageSide = static_cast<int>(cnn::kImageSide);
constexpr int kImageChannels = static_cast<int>(cnn::kImageChannels);

Json to_json(const cnn::Shape& shape) {
  Json sizes = Json::array();
  for (const int size : shape) sizes.push_back(size);
  return sizes;
}

/// The reply to `check`.
Json describe_model(const cnn::Model& model) {
  Json description = Json::object();
  description["config"] = model.config();
  description["name"] = model.name();
  description["input_shape"] = to_json(model.input_shape());
  description["input_range"] =
      cnn::names_of(model.input_range())[static_cast<std::size_t>(model.input_range())];
  description["input_text"] = model.input_text();
  for (const std::string& one : model.left_out()) description["left_out"].push_back(one);
  description["classes"] = model.output_shape().back();
  description["summary"] = cnn::to_json(model.summary());
  return description;
}

/// The reply to `build`: a model in use.
Json describe_in_use(const cnn::Model& model) {
  Json description = describe_model(model);
  if (const std::string_view preset = cnn::preset_of(model); !preset.empty())
    description["preset"] = std::string(preset);
  return description;
}

/// The reply to `import`: a model with weights from a file.
Json describe_with_training(const HeldModel& model) {
  Json description = describe_in_use(*model);
  description["history"] = model.notes().history;
  description["fit"] = model.notes().fit;
  description["can_continue"] = model.can_continue();
  return description;
}

/// An error unless the model takes 32 x 32 color pictures and gives one number for each class.
Result<void> check_shapes(const cnn::Model& model) {
  const cnn::Shape& in = model.input_shape();
  if (!(in == cnn::Shape{kImageSide, kImageSide, kImageChannels})) {
    return Error{
        "bad_config",
        "The model's input is " + cnn::to_string(in) +
            "; the pictures here are (32, 32, 3). Export the model for that size; where it ends with "
            "a global pooling and Dense, its weights fit any size.",
        {}};
  }
  const cnn::Shape& out = model.output_shape();
  if (out.rank() != 1 || out.back() < 2) {
    return Error{"bad_config",
                 "The model's output is " + cnn::to_string(out) +
                     "; expected one number for each class, so end with Flatten or a global pooling and "
                     "Dense with as many units as there are classes.",
                 {}};
  }
  return {};
}

Result<cnn::Model> make_model(const Json& config) {
  Result<cnn::Model> model = cnn::Model::from_config(config);
  if (!model) return model.error();
  if (auto usable = check_shapes(*model); !usable) return usable.error();
  return model;
}

Result<Json> config_argument(const Request& request) {
  const Args args(request);
  if (const Json* config = args.find("config")) return *config;
  if (args.find("preset")) return cnn::preset(args.text("preset"));
  return Error{"bad_argument", request.type + ": expected a preset's name or a configuration.", {}};
}

}  // namespace

void Session::forget_model() {
  drop_jobs("The model was replaced in the meantime.");
  training_.model_replaced();
}

Handled Session::build(const Request& request) {
  const Result<Json> config = config_argument(request);
  if (!config) return config.error();
  Result<cnn::Model> model = make_model(*config);
  if (!model) return model.error();
  model->initialize(Args(request).seed("seed"));
  forget_model();
  resources_.model.replace(std::move(*model), true);
  Json description = describe_in_use(*resources_.model);
  resources_.outbox.event("model", description);
  return Reply{std::move(description), {}};
}

Handled Session::summary(const Request&) { return Reply{cnn::to_json(resources_.model->summary()), {}}; }

Handled Session::check(const Request& request) {
  const Result<Json> config = config_argument(request);
  if (!config) return config.error();
  const Result<cnn::Model> model = make_model(*config);
  if (!model) return model.error();
  return Reply{describe_model(*model), {}};
}

Handled Session::export_model(const Request& request) {
  const std::string format = Args(request).text("format");
  Reply reply;
  Json& names = reply.args["files"] = Json::array();
  if (format == kCheckpoint) {
    names.push_back(kCheckpointFile);
    reply.payloads.push_back(training_.checkpoint());
    return reply;
  }
  cnn::ModelNotes notes = training_.export_notes();
  if (const Json* fit = Args(request).find("fit"); fit && cnn::is_program(format)) notes.fit = *fit;
  auto files = cnn::export_model(format, *resources_.model, notes);
  if (!files) return files.error();
  for (cnn::ModelFile& file : *files) {
    names.push_back(file.name);
    reply.payloads.push_back(std::move(file.bytes));
  }
  return reply;
}

Handled Session::import_model(const Request& request) {
  const Args args(request);
  const std::vector<std::string> names = args.texts("files");
  if (args.find("crc32") && args.seed("crc32") != cnn::crc32(0, request.payloads[0])) {
    return Error{"bad_model_file", names[0] + ": the copy kept in the browser is damaged.", {}};
  }
  std::vector<cnn::FileView> files;
  for (std::size_t i = 0; i < names.size(); ++i) files.push_back({names[i], request.payloads[i]});
  HeldModel& model = resources_.model;
  auto loaded = args.find("into") ? cnn::import_weights(files, *model)
                                  : cnn::import_model(files, model ? &*model : nullptr);
  if (!loaded) return loaded.error();
  if (auto usable = check_shapes(loaded->model); !usable) return usable.error();
  forget_model();
  Json description;
  if (loaded->has_weights) {
    Json fitted = std::move(loaded->fitted);
    const std::string output_taken = std::move(loaded->output_taken),
                      file_taken = std::move(loaded->file_taken);
    model.replace(std::move(*loaded));
    description = describe_with_training(model);
    if (!fitted.is_null()) description["fitted"] = std::move(fitted);
    if (!output_taken.empty()) description["output_taken"] = output_taken;
    if (!file_taken.empty()) description["file_taken"] = file_taken;
  } else {  // a configuration: a new network
    loaded->model.initialize(1);
    model.replace(std::move(loaded->model), true);
    description = describe_in_use(*model);
  }
  resources_.outbox.event("model", description);
  if (!model.fresh()) training_.send_checkpoint();
  return Reply{std::move(description), {}};
}

Handled Session::input_range(const Request& request) {
  HeldModel& model = resources_.model;
  const std::string range = Args(request).text("range");
  const auto names = cnn::names_of(cnn::InputRange::unit);
  const auto found = std::find(names.begin(), names.end(), range);
  forget_model();
  if (auto set = model.set_input_range(static_cast<cnn::InputRange>(found - names.begin())); !set)
    return set.error();
  Json description = model.fresh() ? describe_in_use(*model) : describe_with_training(model);
  resources_.outbox.event("model", description);
  if (!model.fresh()) training_.send_checkpoint();
  return Reply{std::move(description), {}};
}

}  // namespace playground::trainer
