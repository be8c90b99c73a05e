#include "core/formats/checkpoint.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/formats/safetensors.h"

namespace cnn {
namespace {

constexpr std::string_view kFormat = "cnn-playground";
constexpr std::string_view kRange = "input_range";
constexpr JsonLimits kMetadataLimits{.max_depth = 64, .max_bytes = 16u << 20};

Error bad_file(const std::string& message) { return {"bad_model_file", "safetensors: " + message}; }

/// The JSON text under that key; null where it is missing.
Result<Json> json_text(const Safetensors& file, std::string_view key) {
  const std::string* text = file.text(key);
  if (!text) return Json();
  Result<Json> json = parse_json(*text, kMetadataLimits);
  if (!json) return bad_file("__metadata__: \"" + std::string(key) + "\": " + json.error().message);
  return json;
}

Result<ModelNotes> read_notes(const Safetensors& file) {
  ModelNotes notes;
  const Result<Json> names = json_text(file, "class_names");
  if (!names) return names.error();
  if (!names->is_null()) {
    if (!names->elements())
      return bad_file("class_names is " + std::string(names->kind()) + "; expected a list of texts.");
    for (const Json& name : *names->elements()) {
      if (!name.string())
        return bad_file("class_names holds " + std::string(name.kind()) + "; expected strings.");
      notes.class_names.push_back(*name.string());
    }
  }
  for (const auto& [key, json] : {std::pair{"history", &notes.history},
                                  {"fit", &notes.fit},
                                  {"training", &notes.training},
                                  {"data", &notes.data}}) {
    Result<Json> read = json_text(file, key);
    if (!read) return read.error();
    *json = std::move(*read);
  }
  return notes;
}

/// The range that the file states. Our own files without this entry are older than it, and always mean 0 to
/// 1. For files of other tools it is inferred from the weights.
InputRange range_of(const Safetensors& file, const Model& model) {
  const std::string *range = file.text(kRange), *format = file.text("format");
  const auto words = names_of(InputRange::unit);
  if (range && *range == words[static_cast<std::size_t>(InputRange::bytes)]) return InputRange::bytes;
  if (range || (format && *format == kFormat)) return InputRange::unit;
  return model.range_by_weights();
}

/// "optimizer/m/conv2d/kernel" has the shape of conv2d/kernel; arrays without a parameter have rank 1.
Shape shape_of_state(const StateArray& array, std::span<const Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    const std::string_view name = array.name;
    if (name.size() > parameter.name.size() && name.ends_with(parameter.name) &&
        name[name.size() - parameter.name.size() - 1] == '/' &&
        parameter.value.size() == array.values.size()) {
      return parameter.shape;
    }
  }
  return {static_cast<int>(array.values.size())};
}

}  // namespace

Result<void> set_parameter(Parameter& parameter, const TensorView& tensor, std::string_view subject) {
  const std::string start = std::string(subject) + ": \"" + tensor.name + "\" ";
  if (!same_shape(tensor.shape, parameter.shape)) {
    return Error{"bad_model_file", start + "has shape " + to_string(tensor.shape) + "; its layer needs " +
                                       to_string(parameter.shape) + "."};
  }
  copy_floats(tensor, parameter.value);
  if (!all_finite(parameter.value)) {
    return Error{"bad_model_file",
                 start + "holds numbers that are infinite or not a number; the weights are corrupt."};
  }
  return {};
}

ModelLimits limits_for_file(std::size_t bytes, ModelLimits limits) {
  limits.max_parameters = std::min(limits.max_parameters, bytes);
  return limits;
}

std::vector<std::uint8_t> save_checkpoint(const Model& model, const ModelNotes& notes,
                                          std::span<const StateArray> state, NumberType type) {
  Safetensors file;
  file.metadata.emplace_back("format", kFormat);
  file.metadata.emplace_back("config", model.config().dump());
  file.metadata.emplace_back(kRange,
                             names_of(model.input_range())[static_cast<std::size_t>(model.input_range())]);
  if (!notes.class_names.empty()) {
    Json names = Json::array();
    for (const std::string& name : notes.class_names) names.push_back(name);
    file.metadata.emplace_back("class_names", names.dump());
  }
  for (const auto& [key, json] : {std::pair{"history", &notes.history},
                                  {"fit", &notes.fit},
                                  {"training", &notes.training},
                                  {"data", &notes.data}}) {
    if (!json->is_null()) file.metadata.emplace_back(key, json->dump());
  }
  for (const Parameter& parameter : model.parameters()) {
    file.tensors.push_back(view_of(parameter.name, parameter.shape, parameter.value));
  }
  for (const StateArray& array : state) {
    file.tensors.push_back(view_of(array.name, shape_of_state(array, model.parameters()), array.values));
  }
  return write_safetensors(file, type);
}

Result<LoadedModel> load_checkpoint(std::span<const std::uint8_t> bytes, const Json* config,
                                    const ModelLimits& limits) {
  const Result<Safetensors> file = read_safetensors(bytes);
  if (!file) return file.error();
  const Result<Json> own_config = json_text(*file, "config");
  if (!own_config) return own_config.error();
  if (!own_config->is_null()) config = &*own_config;
  if (!config) {
    return bad_file(
        "its metadata contains no configuration, so these are weights alone; build the network they belong "
        "to, or open its "
        "configuration (.json), and import them into it.");
  }
  Result<Model> model = Model::from_config(*config, limits_for_file(bytes.size(), limits));
  if (!model)
    return Error{"bad_model_file", "safetensors: its configuration: " + model.error().message,
                 model.error().layer};
  Result<ModelNotes> notes = read_notes(*file);
  if (!notes) return notes.error();

  std::unordered_map<std::string_view, const TensorView*> tensors;
  for (const TensorView& tensor : file->tensors) tensors.emplace(tensor.name, &tensor);
  for (Parameter& parameter : model->parameters()) {
    const auto found = tensors.find(parameter.name);
    if (found == tensors.end())
      return bad_file("there is no \"" + parameter.name + "\" in the file, which the model needs.");
    if (Result<void> set = set_parameter(parameter, *found->second, "safetensors"); !set) return set.error();
    tensors.erase(found);
  }
  model->set_input_range(range_of(*file, *model));
  LoadedModel loaded{std::move(*model), std::move(*notes), true, {}, {}};
  for (const TensorView& tensor : file->tensors) {  // in the file's order
    if (!tensors.contains(tensor.name)) continue;
    if (loaded.notes.training.is_null()) {
      return bad_file("\"" + tensor.name + "\" belongs to no layer of the model.");
    }
    loaded.state_names.push_back(tensor.name);
    loaded.state.emplace_back(tensor.count());
    copy_floats(tensor, loaded.state.back());
  }
  return loaded;
}

namespace {

/// A copy with other weights; what the built one learned before is gone.
Result<LoadedModel> fitted(const Model& built, std::span<const TensorView> tensors, std::string_view subject,
                           Share share) {
  Result<Model> model = Model::from_config(built.config());
  if (!model) return model.error();
  const std::span<const Parameter> from = built.parameters();
  for (std::size_t i = 0; i < from.size(); ++i)
    std::copy(from[i].value.begin(), from[i].value.end(), model->parameters()[i].value.begin());
  const Result<Fit> fit = fit_weights(*model, tensors, subject, share);
  if (!fit) return fit.error();
  model->set_input_range(built.input_range());
  LoadedModel loaded{std::move(*model), {}, true, {}, {}};
  loaded.fitted = to_json(*fit);
  return loaded;
}

}  // namespace

Result<LoadedModel> load_weights(std::span<const std::uint8_t> bytes, const Model& built, Share share) {
  const Result<Safetensors> file = read_safetensors(bytes);
  if (!file) return file.error();
  return fitted(built, file->tensors, "safetensors", share);
}

Result<LoadedModel> take_weights(const Model& from, const Model& built, std::string_view subject) {
  std::vector<TensorView> tensors;
  for (const Parameter& parameter : from.parameters())
    tensors.push_back(view_of(parameter.name, parameter.shape, parameter.value));
  return fitted(built, tensors, subject, Share::any);
}

bool has_configuration(std::span<const std::uint8_t> bytes) {
  const Result<Safetensors> file = read_safetensors(bytes);
  return file && file->text("config");
}

}  // namespace cnn
