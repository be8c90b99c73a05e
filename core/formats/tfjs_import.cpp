#include <algorithm>
#include <cstdlib>
#include <optional>
#include <unordered_map>

#include "core/base/names.h"
#include "core/base/tensor_view.h"
#include "core/formats/tfjs.h"

namespace cnn {
namespace {

Error bad_file(const std::string& message) { return {"bad_model_file", "TensorFlow.js: " + message}; }

const std::string* text_at(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value ? value->string() : nullptr;
}

/// One entry of the manifest, with its numbers.
struct Weight {
  std::vector<std::int64_t> shape;
  std::span<const std::uint8_t> bytes;
  std::string type;  // as stored: float32, float16, uint8, uint16; any other type: not a layer's weight
  double scale = 1, min = 0;  // value = stored * scale + min, for uint8 and uint16
};

std::size_t stored_bytes(std::string_view type) {
  if (type == "uint8" || type == "bool") return 1;
  return type == "float16" || type == "uint16" ? 2 : 4;
}

/// Of a dtype of TensorFlow.js, 0 for others.
std::size_t bytes_of_type(std::string_view type) {
  const bool known =
      type == "float32" || type == "int32" || type == "bool" || type == "uint8" || type == "uint16";
  return known ? stored_bytes(type) : 0;
}

Result<Weight> read_weight(const Json& entry, const std::string& name, std::span<const std::uint8_t>& rest) {
  const auto wrong = [&](const std::string& what) {
    return bad_file("weight \"" + name + "\": " + what + ".");
  };
  Weight weight;
  const std::string* type = text_at(entry, "dtype");
  const std::size_t size = type ? bytes_of_type(*type) : 0;
  if (size == 0)
    return wrong("its dtype is " + (type ? *type : std::string("missing")) + "; only float32 is supported");
  weight.type = *type;
  if (const Json* quantized = entry.find("quantization"); quantized && !quantized->is_null()) {
    const std::string* stored = text_at(*quantized, "dtype");
    if (!stored || (*stored != "float16" && *stored != "uint8" && *stored != "uint16"))
      return wrong("its quantization must be float16, uint8 or uint16");
    weight.type = *stored;
    if (*stored != "float16") {
      const Json *scale = quantized->find("scale"), *min = quantized->find("min");
      if (!scale || !scale->number() || !min || !min->number())
        return wrong("its quantization lacks scale and min");
      weight.scale = *scale->number(), weight.min = *min->number();
    }
  }
  const Json* shape = entry.find("shape");
  if (!shape || !shape->elements()) return wrong("its shape is missing");
  for (const Json& size : *shape->elements()) {
    const double* number = size.number();
    if (!number || !(*number >= 0 && *number <= 0x1p53) ||
        static_cast<double>(static_cast<std::int64_t>(*number)) != *number) {
      return wrong("its shape holds " + size.dump() + ", which is not a valid size");
    }
    weight.shape.push_back(static_cast<std::int64_t>(*number));
  }
  std::uint64_t count = 0;
  if (!checked_count(weight.shape, rest.size(), count) || count * stored_bytes(weight.type) > rest.size()) {
    return wrong("shape " + to_string(weight.shape) +
                 " needs more numbers than the rest of the files holds (" + std::to_string(rest.size()) +
                 " bytes); a .bin file may be missing or cut off");
  }
  const auto bytes = static_cast<std::size_t>(count * stored_bytes(weight.type));
  weight.bytes = rest.first(bytes);
  rest = rest.subspan(bytes);
  return weight;
}

std::vector<float> numbers_of(const Weight& weight) {
  TensorView view;
  view.bytes = weight.bytes;
  view.type = weight.type == "float16" ? NumberType::float16 : NumberType::float32;
  const std::size_t n = weight.bytes.size() / stored_bytes(weight.type);
  std::vector<float> values(n);
  if (weight.type == "float32" || weight.type == "float16") {
    copy_floats(view, values);
    return values;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const unsigned stored = weight.type == "uint8"
                                ? weight.bytes[i]
                                : weight.bytes[2 * i] | unsigned{weight.bytes[2 * i + 1]} << 8;
    values[i] = static_cast<float>(stored * weight.scale + weight.min);
  }
  return values;
}

/// The bytes of a group's files, concatenated. If the group and the chosen files are a single file each, the
/// names may differ.
Result<std::vector<std::uint8_t>> read_group(const Json& group, std::span<const FileView> files,
                                             bool only_group) {
  const Json* paths = group.find("paths");
  if (!paths || !paths->elements()) return bad_file("weightsManifest has an entry without paths.");
  std::vector<std::uint8_t> bytes;
  for (const Json& path : *paths->elements()) {
    if (!path.string()) return bad_file("weightsManifest: a path is " + std::string(path.kind()) + ".");
    const auto same_name = [&](const FileView& file) {
      return file_name(file.name) == file_name(*path.string());
    };
    auto found = std::find_if(files.begin(), files.end(), same_name);
    if (found == files.end() && only_group && paths->elements()->size() == 1 && files.size() == 1)
      found = files.begin();
    if (found == files.end()) {
      return bad_file("model.json names the file \"" + *path.string() +
                      "\", which is missing; choose it together with model.json.");
    }
    bytes.insert(bytes.end(), found->bytes.begin(), found->bytes.end());
  }
  return bytes;
}

/// Finds the parameter of a weight: by name or, for names that other tools have changed ("conv2d_1/kernel:0",
/// "conv2d_1/conv2d/kernel"), by the layer they begin with and their last part.
class Matcher {
 public:
  explicit Matcher(Model& model) : model_(model) {
    for (Parameter& parameter : model.parameters()) by_name_[parameter.name] = &parameter;
  }
  Parameter* find(std::string name) const {
    if (const std::size_t colon = name.rfind(':'); colon != std::string::npos) name.resize(colon);
    if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos) return nullptr;
    const std::string last = name.substr(slash + 1);
    // From the innermost part outwards: "sequential_1/conv2d_1/kernel", "conv2d_1/conv2d/kernel"; and whole
    // beginnings, for a layer whose own name has a slash.
    std::string before = name.substr(0, slash);
    for (std::size_t end = before.size(); end != std::string::npos; end = before.rfind('/', end - 1)) {
      const std::size_t begin = end > 0 ? before.rfind('/', end - 1) : std::string::npos;
      const std::string part = before.substr(begin == std::string::npos ? 0 : begin + 1,
                                             end - (begin == std::string::npos ? 0 : begin + 1));
      for (const std::string& layer_name : {before.substr(0, end), part}) {
        if (Parameter* found = of_layer(layer_name, last)) return found;
      }
      if (begin == std::string::npos) break;
    }
    return nullptr;
  }

 private:
  Parameter* of_layer(const std::string& name, const std::string& last) const {
    const int layer = model_.find_layer(name);
    if (layer < 0) return nullptr;
    for (const std::string& part : {last, last == "kernel" ? std::string("depthwise_kernel") : last}) {
      if (const auto found = by_name_.find(model_.layer(layer).name + "/" + part); found != by_name_.end())
        return found->second;
    }
    return nullptr;
  }

  Model& model_;
  std::unordered_map<std::string, Parameter*> by_name_;
};

/// An optimizer's array, or a counter or a random state of a layer.
bool is_of_training(const Json& entry, const Weight& weight) {
  const std::string* group = text_at(entry, "group");
  const bool quantized = entry.find("quantization") && !entry.find("quantization")->is_null();
  return (group && *group == "optimizer") || (weight.type != "float32" && !quantized);
}

/// Whether the model was trained in Keras 3: "3.8.0". TensorFlow.js itself writes "tfjs-layers 4.22.0".
bool is_of_keras_3(const Json& topology) {
  const std::string* version = text_at(topology, "keras_version");
  return version && std::strtol(version->c_str(), nullptr, 10) >= 3;
}

/// Makes each activation of a file of Keras 2 and TensorFlow.js the function that it is there: hard_sigmoid
/// has another slope than that of Keras 3.
void translate_activations(Json& json) {
  constexpr double slope = 0.2;
  if (json.elements())
    for (Json& element : *json.elements()) translate_activations(element);
  if (!json.members()) return;
  for (auto& [name, value] : *json.members()) {
    if (name == "activation" && value == Json("hard_sigmoid"))
      value = Json::object({{"class_name", "HardSigmoid"}, {"config", Json::object({{"slope", slope}})}});
    else
      translate_activations(value);
  }
}

/// The range that our own files state. For files of other tools it is inferred from the weights.
InputRange range_of(const Json& json, const Model& model) {
  const Json* about = json.find("userDefinedMetadata");
  const std::string* range = about ? text_at(*about, "input_range") : nullptr;
  if (!range) return model.range_by_weights();
  return *range == names_of(InputRange::bytes)[1] ? InputRange::bytes : InputRange::unit;
}

std::vector<std::string> class_names_of(const Json& json) {
  std::vector<std::string> names;
  const Json* metadata = json.find("userDefinedMetadata");
  const Json* list = metadata ? metadata->find("class_names") : nullptr;
  if (!list || !list->elements()) return names;
  for (const Json& name : *list->elements()) {
    if (name.string()) names.push_back(*name.string());
  }
  return names;
}

}  // namespace

Result<LoadedModel> import_tfjs(const Json& json, std::span<const FileView> files,
                                const ModelLimits& limits) {
  const std::string* format = text_at(json, "format");
  if (format && *format == "graph-model") {
    return bad_file(
        "this is a graph model, which has no layers; save it as a layers model, with model.save().");
  }
  const Json* topology = json.find("modelTopology");
  const Json* config = topology ? topology->find("model_config") : nullptr;
  if (!config) config = topology;
  if (!config || !config->members()) return bad_file("modelTopology is missing in model.json.");
  const Json* manifest = json.find("weightsManifest");
  if (!manifest || !manifest->elements()) return bad_file("weightsManifest is missing in model.json.");

  std::vector<std::vector<std::uint8_t>> groups;
  std::size_t total = 0;
  for (const Json& group : *manifest->elements()) {
    Result<std::vector<std::uint8_t>> bytes = read_group(group, files, manifest->elements()->size() == 1);
    if (!bytes) return bytes.error();
    total += bytes->size();
    groups.push_back(std::move(*bytes));
  }
  Json translated = *config;
  if (!is_of_keras_3(*topology)) translate_activations(translated);
  Result<Model> model = Model::from_config(translated, limits_for_file(total, limits));
  if (!model) return bad_file(model.error().message);
  const Matcher matcher(*model);
  std::vector<bool> filled(model->parameters().size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::span<const std::uint8_t> rest = groups[g];
    const Json* weights = (*manifest->elements())[g].find("weights");
    if (!weights || !weights->elements()) return bad_file("weightsManifest has an entry without weights.");
    for (const Json& entry : *weights->elements()) {
      const std::string* name = text_at(entry, "name");
      if (!name) return bad_file("weightsManifest has a weight without a name.");
      const Result<Weight> weight = read_weight(entry, *name, rest);
      if (!weight) return weight.error();
      if (is_of_training(entry, *weight)) continue;
      Parameter* parameter = matcher.find(*name);
      if (!parameter) return bad_file("weight \"" + *name + "\" belongs to no layer of the model.");
      const std::size_t place = static_cast<std::size_t>(parameter - model->parameters().data());
      if (filled[place])
        return bad_file("weight \"" + *name + "\": \"" + parameter->name + "\" already has a weight.");
      filled[place] = true;
      const std::vector<float> values = numbers_of(*weight);
      TensorView view;
      view.name = *name, view.shape = weight->shape;
      view.bytes = {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(float)};
      if (Result<void> set = set_parameter(*parameter, view, "TensorFlow.js"); !set) return set.error();
    }
    if (!rest.empty())
      return bad_file("its files have " + std::to_string(rest.size()) + " bytes more than model.json lists.");
  }
  for (const auto& [copy, origin] : model->copies()) {
    for (std::size_t i = 0; i < filled.size(); ++i) {
      Parameter& parameter = model->parameters()[i];
      if (filled[i] || model->layer(parameter.layer).name != copy) continue;
      const Parameter* from = matcher.find(origin + parameter.name.substr(copy.size()));
      if (!from || from->value.size() != parameter.value.size()) continue;
      std::copy(from->value.begin(), from->value.end(), parameter.value.begin());
      filled[i] = filled[static_cast<std::size_t>(from - model->parameters().data())];
    }
  }
  const auto missing = std::find(filled.begin(), filled.end(), false);
  if (missing != filled.end()) {
    const auto place = static_cast<std::size_t>(missing - filled.begin());
    return bad_file("there is no weight \"" + model->parameters()[place].name + "\", which the model needs.");
  }
  ModelNotes notes;
  notes.class_names = class_names_of(json);
  model->set_input_range(range_of(json, *model));
  model->forget_initializers();
  return LoadedModel{std::move(*model), std::move(notes), true, {}, {}};
}

}  // namespace cnn
