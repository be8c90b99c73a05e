#include "core/formats/model_files.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/formats/keras_script.h"
#include "core/formats/onnx.h"
#include "core/formats/other_files.h"
#include "core/formats/pytorch_script.h"
#include "core/formats/tfjs.h"

namespace cnn {
namespace {

constexpr std::string_view kFormats[] = {"safetensors", "tfjs", "onnx", "pytorch", "keras"};

/// A text without the byte order mark that some editors put before it.
std::span<const std::uint8_t> without_mark(std::span<const std::uint8_t> bytes) {
  constexpr std::uint8_t mark[] = {0xEF, 0xBB, 0xBF};
  const bool marked = bytes.size() >= 3 && std::equal(std::begin(mark), std::end(mark), bytes.begin());
  return marked ? bytes.subspan(3) : bytes;
}

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

/// The field ir_version. The length of a safetensors header may begin with the same byte.
bool begins_as_onnx(std::span<const std::uint8_t> bytes) {
  return !bytes.empty() && bytes[0] == 0x08 && !begins_as_safetensors(bytes);
}

/// The files of a model and what lies beside them.
struct Chosen {
  std::optional<std::size_t> model;  ///< its place among the files
  std::optional<Json> json;          ///< of a model.json or a configuration
  std::vector<std::string> labels;   ///< of a metadata.json or labels.txt
  std::vector<int> ranks;            ///< of each file, as a candidate; 0: it is none
};

Result<Json> json_of(const FileView& file) {
  const std::span<const std::uint8_t> bytes = without_mark(file.bytes);
  Result<Json> json = parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!json) return Error{"bad_model_file", file.name + ": " + json.error().message};
  return json;
}

/// Teachable Machine's metadata.json: {"labels": ["cat", ...], ...}.
std::vector<std::string> labels_in(const Json& json) {
  std::vector<std::string> labels;
  const Json* list = json.find("labels");
  if (!list || !list->elements()) return labels;
  for (const Json& label : *list->elements()) {
    if (label.string()) labels.push_back(*label.string());
  }
  return labels;
}

/// One label a line; Teachable Machine puts its number before it: "0 cat".
std::vector<std::string> labels_in(std::span<const std::uint8_t> text) {
  std::vector<std::string> labels(1);
  for (const std::uint8_t byte : text) {
    if (byte == '\n')
      labels.emplace_back();
    else if (byte != '\r')
      labels.back() += static_cast<char>(byte);
  }
  std::erase_if(labels, [](const std::string& label) { return label.empty(); });
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string number = std::to_string(i) + " ";
    if (labels[i].starts_with(number)) labels[i].erase(0, number.size());
  }
  return labels;
}

bool is_named(const FileView& file, std::string_view name) {
  const std::size_t slash = file.name.find_last_of("/\\");
  return std::string_view(file.name).substr(slash == std::string::npos ? 0 : slash + 1) == name;
}

constexpr int kWeights = 2, kConfiguration = 3, kOnnx = 4, kTfjs = 5;

/// A model.json first, then ONNX, then a configuration, then the other formats; for weights alone a
/// configuration is the last. Errors: a JSON file that cannot be read, if nothing else is the model.
Result<Chosen> choose(std::span<const FileView> files, bool weights_alone) {
  Chosen chosen;
  std::optional<Error> unreadable;
  int best = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const FileView& file = files[i];
    chosen.ranks.push_back(0);
    const auto take = [&](int rank) {
      chosen.ranks[i] = rank;
      if (rank <= best) return false;
      best = rank, chosen.model = i, chosen.json.reset();
      return true;
    };
    if (begins_as_json(without_mark(file.bytes))) {
      Result<Json> json = json_of(file);
      if (!json) {
        if (!unreadable) unreadable = json.error();
        continue;
      }
      if (const auto labels = labels_in(*json); !labels.empty()) chosen.labels = labels;
      const int rank = json->find("modelTopology") ? kTfjs
                       : json->find("class_name")  ? (weights_alone ? 1 : kConfiguration)
                       : files.size() == 1         ? 1
                                                   : 0;
      if (take(rank)) chosen.json = std::move(*json);
    } else if (is_named(file, "labels.txt")) {
      chosen.labels = labels_in(without_mark(file.bytes));
    } else if (begins_as_onnx(file.bytes) && file.name.ends_with(".onnx")) {
      take(kOnnx);
    } else if (begins_as_safetensors(file.bytes) ||
               (begins_as_onnx(file.bytes) && about_other_file(file.name, file.bytes).empty())) {
      take(kWeights);  // an ONNX model's numbers may begin with any byte
    }
  }
  if (!chosen.model && unreadable) return *unreadable;
  return chosen;
}

/// Which file was read, and why, if others are models, too; otherwise empty.
std::string file_taken(std::span<const FileView> files, const Chosen& chosen) {
  const auto model = [&](std::size_t i) {
    const int rank = chosen.ranks[i];
    return rank == kTfjs || rank == kOnnx || (rank == kWeights && files[i].name.ends_with(".safetensors"));
  };
  const std::size_t taken = *chosen.model;
  std::string others;
  bool alike = true;
  for (std::size_t i = 0; model(taken) && i < files.size(); ++i) {
    if (i == taken || !model(i)) continue;
    others += (others.empty() ? "" : ", ") + files[i].name;
    alike &= chosen.ranks[i] == chosen.ranks[taken];
  }
  if (others.empty()) return others;
  const char* why = alike                          ? "it came first"
                    : chosen.ranks[taken] == kOnnx ? "an ONNX file always contains the network as well"
                                                   : "it describes the network and all its weights";
  return files[taken].name + " was read, because " + why + "; not read: " + others +
         ". To read another file, open it alone.";
}

/// A file without weights, which often lies beside a model.
bool is_note(const FileView& file) {
  constexpr std::string_view ends[] = {".txt", ".md", ".html", ".htm", ".csv",
                                       ".log", ".py", ".pkl",  ".json"};
  return file.bytes.empty() || std::any_of(std::begin(ends), std::end(ends),
                                           [&](std::string_view end) { return file.name.ends_with(end); });
}

bool is_shard(const FileView& file) {
  return file.name.ends_with(".bin") || file.name.find("-shard") != std::string::npos;
}

/// The weights that lie beside a configuration, in it. A configuration without weights is initialized later,
/// so none that lie there may be passed over.
Result<LoadedModel> with_weights_beside(Model model, const FileView& configuration,
                                        std::span<const FileView> others, const ModelLimits& limits) {
  for (const FileView& other : others) {
    if (!begins_as_safetensors(other.bytes)) continue;
    model.initialize(1);
    if (!has_configuration(other.bytes)) return load_weights(other.bytes, model, Share::half);
    const Result<LoadedModel> whole = load_checkpoint(other.bytes, nullptr, limits);
    if (!whole) return whole.error();
    return take_weights(whole->model, model, other.name);
  }
  for (const FileView& other : others) {
    if (is_note(other)) continue;
    if (is_shard(other)) {
      return Error{"bad_model_file", other.name +
                                         ": its weights are listed in the model.json that TensorFlow.js "
                                         "writes, with a weightsManifest; \"" +
                                         configuration.name +
                                         "\" is a configuration only. Choose that model.json and this file."};
    }
    const std::string about = about_other_file(other.name, other.bytes, configuration.name);
    if (!about.empty()) return Error{"bad_model_file", other.name + ": " + about};
  }
  return LoadedModel{std::move(model), {}, false, {}, {}};
}

Result<LoadedModel> from_json(const Json& json, std::size_t at, std::span<const FileView> files,
                              const ModelLimits& limits) {
  std::vector<FileView> others(files.begin(), files.end());
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
  if (json.find("modelTopology")) return import_tfjs(json, others, limits);
  Result<Model> model = Model::from_config(json, limits);
  if (!model)
    return Error{"bad_model_file", files[at].name + ": " + model.error().message, model.error().layer};
  return with_weights_beside(std::move(*model), files[at], others, limits);
}

/// Why none of the files is a model.
Error no_model(std::span<const FileView> files) {
  for (const bool notes : {false, true}) {
    for (const FileView& file : files) {
      const std::string about = is_note(file) == notes ? about_other_file(file.name, file.bytes) : "";
      if (!about.empty()) return {"bad_model_file", file.name + ": " + about};
    }
  }
  if (files.size() == 1) {
    return {
        "bad_model_file",
        files[0].name +
            ": this is neither a safetensors file, a TensorFlow.js model.json nor an ONNX model. Save the "
            "model as ONNX with the program that made it, and open that file."};
  }
  return {"bad_model_file",
          "one of several files must be the model.json of TensorFlow.js; other models are a single file"};
}

}  // namespace

std::span<const std::string_view> model_formats() { return kFormats; }
bool is_program(std::string_view format) { return format == "pytorch" || format == "keras"; }

Result<std::vector<ModelFile>> export_model(std::string_view format, const Model& model,
                                            const ModelNotes& notes, NumberType type) {
  std::vector<ModelFile> files;
  if (format == "safetensors") {
    ModelNotes kept = notes;
    kept.training = {};  // useless without the trainer's arrays
    kept.data = {};      // it names the user's files
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
  if (format == "pytorch") return export_pytorch(model, notes);
  if (format == "keras") return export_keras(model, notes);
  std::string known;
  for (const std::string_view one : kFormats) known += (known.empty() ? "" : ", ") + std::string(one);
  return Error{"bad_argument",
               "there is no format \"" + std::string(format) + "\"; expected one of " + known};
}

namespace {

/// What Git leaves in place of a large file.
bool is_pointer(const FileView& file) {
  constexpr std::string_view begin = "version https://git-lfs";
  return file.bytes.size() >= begin.size() &&
         std::equal(begin.begin(), begin.end(), file.bytes.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

Result<LoadedModel> open(std::span<const FileView> given, const Model* built, Share share,
                         const ModelLimits& limits) {
  std::vector<FileView> files;
  std::copy_if(given.begin(), given.end(), std::back_inserter(files),
               [](const FileView& file) { return !is_system_file(file.name); });
  if (files.empty()) return Error{"bad_argument", "choose the model's files"};
  for (const FileView& file : files) {
    if (is_pointer(file))
      return Error{"bad_model_file", file.name + ": " + about_other_file(file.name, file.bytes)};
  }
  const Result<Chosen> chosen = choose(files, share == Share::any);
  if (!chosen) return chosen.error();
  if (!chosen->model) return no_model(files);
  const FileView& file = files[*chosen->model];
  Result<LoadedModel> loaded = Error{};
  if (chosen->json)
    loaded = from_json(*chosen->json, *chosen->model, files, limits);
  else if (begins_as_onnx(file.bytes)) {
    std::vector<OnnxSideFile> others;  // its numbers may be in files beside it
    for (const FileView& other : files)
      if (&other != &file) others.push_back({other.name, other.bytes});
    loaded = import_onnx(file.bytes, limits, others);
  } else if (built && !has_configuration(file.bytes))
    loaded = load_weights(file.bytes, *built, share);
  else
    loaded = load_checkpoint(file.bytes, nullptr, limits);
  if (loaded && loaded->notes.class_names.empty() && !chosen->labels.empty() &&
      chosen->labels.size() == static_cast<std::size_t>(loaded->model.output_shape().back()))
    loaded->notes.class_names = chosen->labels;
  if (loaded) loaded->file_taken = file_taken(files, *chosen);
  return loaded;
}

}  // namespace

Result<LoadedModel> import_model(std::span<const FileView> files, const Model* built,
                                 const ModelLimits& limits) {
  return open(files, built, Share::half, limits);
}

Result<LoadedModel> import_weights(std::span<const FileView> files, const Model& built,
                                   const ModelLimits& limits) {
  Result<LoadedModel> loaded = open(files, &built, Share::any, limits);
  if (!loaded || !loaded->fitted.is_null()) return loaded;
  if (!loaded->has_weights)
    return Error{"bad_model_file", files[0].name + ": it is a configuration, without weights"};
  Result<LoadedModel> taken = take_weights(loaded->model, built, files[0].name);
  if (taken) taken->file_taken = std::move(loaded->file_taken);
  return taken;
}

}  // namespace cnn
