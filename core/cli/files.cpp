#include "core/cli/files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "core/datasets/cifar10.h"
#include "core/datasets/samples.h"
#include "core/formats/model_files.h"
#include "core/model/presets.h"
#include "core/onnx/onnx_file.h"

namespace cnn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 1u << 20;

Error cannot(const char* what, const std::string& path) {
  return Error{"bad_argument", path + ": cannot be " + what};
}

Result<void> load_batch_file(Cifar10Loader& loader, const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return cannot("opened", path);
  const std::streamoff size = file.tellg();
  file.seekg(0);
  std::optional<std::uint64_t> bytes;
  if (size >= 0) bytes = static_cast<std::uint64_t>(size);
  if (auto begun = loader.begin_file(path, {}, bytes); !begun) return begun;
  std::vector<char> piece(kPiece);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(piece.data());
    if (auto taken = loader.write({bytes, static_cast<std::size_t>(file.gcount())}); !taken) return taken;
  }
  if (file.bad()) return cannot("read", path);
  return loader.end_file();
}

/// The names of the files with a model.json's weights, without their folders; none if it is no such file.
std::vector<std::string> files_named_in(const fs::path& model_json) {
  std::vector<std::string> names;
  const auto bytes = read_file(model_json.string());
  if (!bytes) return names;
  std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  const Result<Json> json = parse_json(text);
  const Json* manifest = json ? json->find("weightsManifest") : nullptr;
  if (!manifest || !manifest->elements()) return names;
  for (const Json& group : *manifest->elements()) {
    const Json* paths = group.find("paths");
    if (!paths || !paths->elements()) continue;
    for (const Json& path : *paths->elements()) {
      if (path.string()) names.push_back(fs::path(*path.string()).filename().string());
    }
  }
  return names;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return cannot("opened", path);
  const std::streamoff size = file.tellg();
  if (size < 0) return cannot("read", path);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), size)) return cannot("read", path);
  return bytes;
}

Result<void> write_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  const std::string part = path + ".part";
  {
    std::ofstream file(part, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) return cannot("written", path);
  }
  std::error_code failed;
  fs::rename(part, path, failed);
  if (failed) return cannot("written", path);
  return {};
}

Result<void> write_file(const std::string& path, std::string_view text) {
  return write_file(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<DatasetPair> load_data(const std::string& source) {
  constexpr std::string_view sample = "sample";
  if (source == sample || source.rfind("sample:", 0) == 0) {
    SampleOptions options;
    if (source.size() > sample.size())
      options.seed = std::strtoull(source.c_str() + sample.size() + 1, nullptr, 10);
    return draw_samples(options);
  }
  std::error_code failed;
  std::vector<std::string> paths;
  if (fs::is_directory(source, failed)) {
    for (const auto& entry : fs::directory_iterator(source, failed)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".bin") || name.ends_with(".bin.gz") || name == "batches.meta.txt") {
        paths.push_back(entry.path().string());
      }
    }
    if (paths.empty()) return Error{"no_data", source + ": there is no CIFAR-10 batch (.bin) in this folder"};
    std::sort(paths.begin(), paths.end());
  } else if (fs::exists(source, failed)) {
    paths.push_back(source);
  } else {
    return Error{
        "no_data",
        source + ": there is no such file or folder; give one with CIFAR-10's batches, or \"sample\""};
  }
  Cifar10Loader loader;
  for (const std::string& path : paths) {
    if (auto loaded = load_batch_file(loader, path); !loaded) return loaded.error();
  }
  return loader.finish();
}

std::string about_fitted(const Json& fitted) {
  std::string text;
  for (const auto& [key, words] : {std::pair("loaded", "Loaded"), std::pair("unused", "Not used"),
                                   std::pair("missing", "Without weights in the file")}) {
    const Json* list = fitted.find(key);
    if (!list || !list->elements()) continue;
    for (const Json& one : *list->elements()) text += std::string(words) + ": " + *one.string() + "\n";
  }
  if (const Json* summary = fitted.find("text"); summary && summary->string())
    text += *summary->string() + "\n";
  return text;
}

Result<LoadedModel> load_trained(const std::string& source, const std::string& into, bool partial) {
  Result<LoadedModel> loaded = load_model(source, 1, into, true);
  if (!loaded) return loaded;
  if (!loaded->has_weights && source.find_first_of("./\\") != std::string::npos)
    std::fprintf(stderr, "%s: it has no weights, so they are random\n", source.c_str());
  std::fputs(about_fitted(loaded->fitted).c_str(), stderr);
  const Json* missing = loaded->fitted.find("missing");
  if (missing && missing->elements() && !missing->elements()->empty() && !partial) {
    return Error{"bad_model_file", source + ": " + *loaded->fitted.find("text")->string() +
                                       " To keep random weights there, add --partial."};
  }
  return loaded;
}

Result<LoadedModel> load_model(const std::string& source, std::uint64_t seed, const std::string& into,
                               bool needs_weights) {
  std::optional<LoadedModel> built;
  if (!into.empty()) {
    auto network = load_model(into, seed);
    if (!network) return Error{network.error().code, "--into: " + network.error().message};
    built = std::move(*network);
  }
  std::error_code failed;
  Result<LoadedModel> loaded = Error{};
  const bool is_name = source.find_first_of("./\\") == std::string::npos;
  if (is_name && !fs::exists(source, failed)) {
    const auto known = preset(source);
    if (!known)
      return Error{known.error().code, "--model: " + known.error().message + ", or a model's file or folder"};
    auto model = Model::from_config(*known);
    if (!model) return Error{model.error().code, source + ": " + model.error().message};
    loaded = LoadedModel{std::move(*model), {}, false, {}, {}};
  } else {
    // The weights of a TensorFlow.js model are in files beside its model.json, under any names.
    std::vector<std::string> paths;
    const bool is_folder = fs::is_directory(source, failed);
    if (!is_folder) paths.push_back(source);
    if (is_folder || source.ends_with(".json")) {
      const fs::path folder = is_folder ? fs::path(source) : fs::path(source).parent_path();
      const std::vector<std::string> parts =
          files_named_in(is_folder ? folder / "model.json" : fs::path(source));
      for (const auto& entry : fs::directory_iterator(folder.empty() ? fs::path(".") : folder, failed)) {
        const std::string path = entry.path().string(), name = entry.path().filename().string();
        const bool part = std::find(parts.begin(), parts.end(), name) != parts.end();
        const bool beside = name == "metadata.json" || name == "labels.txt" ||
                            (needs_weights && (name.ends_with(".h5") || name.ends_with(".keras")));
        const bool shard = name.ends_with(".bin") && (is_folder || !parts.empty());
        const bool of_folder = is_folder && (name.ends_with(".json") || name.ends_with(".safetensors"));
        if (path != source && (part || beside || shard || of_folder)) paths.push_back(path);
      }
    }
    std::vector<std::string> names;  // without the folder, which may be hidden
    std::vector<std::vector<std::uint8_t>> contents;
    for (const std::string& path : paths) {
      auto bytes = read_file(path);
      if (!bytes) return bytes.error();
      names.push_back(fs::path(path).filename().string());
      contents.push_back(std::move(*bytes));
    }
    // An ONNX model may have its numbers in files beside it.
    if (source.ends_with(".onnx") && !contents.empty()) {
      if (const auto graph = read_onnx_file(contents[0])) {
        for (const std::string& name : side_files_of(*graph)) {
          const std::string path = (fs::path(source).parent_path() / name).string();
          if (!fs::is_regular_file(path, failed)) continue;  // the import says which one is missing
          auto bytes = read_file(path);
          if (!bytes) return bytes.error();
          names.push_back(name);
          contents.push_back(std::move(*bytes));
        }
      }
    }
    std::vector<FileView> files;
    for (std::size_t i = 0; i < names.size(); ++i) files.push_back({names[i], contents[i]});
    loaded = built ? import_weights(files, built->model) : import_model(files);
    if (!loaded) return Error{loaded.error().code, source + ": " + loaded.error().message};
  }
  if (!loaded->has_weights) loaded->model.initialize(seed);
  return loaded;
}

}  // namespace cnn::cli
