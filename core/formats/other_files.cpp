#include "core/formats/other_files.h"

#include <algorithm>
#include <array>

#include "core/base/names.h"

namespace cnn {
namespace {

bool begins(std::span<const std::uint8_t> bytes, std::string_view with, std::size_t at = 0) {
  return bytes.size() >= at + with.size() &&
         std::equal(with.begin(), with.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

constexpr std::string_view kFromKeras =
    "In Python: import keras, numpy; model = keras.models.load_model(FILE); ";
constexpr std::string_view kFromKerasWeights =
    "In Python: import keras, numpy; model = (the network as the program that saved them builds it); "
    "model.load_weights(FILE); ";
constexpr std::string_view kFromKerasParts =
    "In Python: import keras, numpy; model = keras.models.model_from_json(open(CONFIGURATION).read()); "
    "model.load_weights(FILE); ";
/// After each of them. Keras 3 exports a model only after its first prediction.
constexpr std::string_view kThenExport =
    "model.predict(numpy.zeros((1, *model.input_shape[1:]))); "
    "model.export(\"model.onnx\", format=\"onnx\"). Then open model.onnx here.";
constexpr std::string_view kOtherTool = "Export the network as ONNX, for example from PyTorch or Keras.";

constexpr std::string_view
    kHtml = "an HTML page, not a model",
    kDownloadButton = "Download the file itself: on GitHub and Hugging Face, with the download button.";

struct Kind {
  std::string_view ends;    // of the name
  std::string_view begins;  // of the content; empty: the name decides
  std::size_t at;
  std::string_view what, how;
};

using namespace std::string_view_literals;

/// Matched by name and content, else by content (names can be wrong), else by name.
constexpr Kind kKinds[] = {
    {".keras", "", 0, "a Keras model (.keras)", kFromKeras},
    {".h5", "\x89HDF\r\n", 0, "an HDF5 file, as Keras 2 saved models", kFromKeras},
    {".hdf5", "", 0, "an HDF5 file, as Keras 2 saved models", kFromKeras},
    {".tflite", "TFL3", 4, "a TensorFlow Lite model",
     "It is made for inference. Open the model it was made from, or convert it: pip install tf2onnx; "
     "python -m tf2onnx.convert --tflite FILE --output model.onnx."},
    // The first is torch.save's zip, identified by flag bits that no other program sets; the second is from
    // before 2020.
    {".pt", "PK\3\4\0\0\x08\x08"sv, 0, "a PyTorch file",
     "In Python, with the model loaded: "
     "torch.onnx.export(model.eval(), torch.zeros(1, 3, 32, 32), \"model.onnx\"). "
     "For its weights alone: safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\"); "
     "then build that network here, and import the file into it."},
    {".pt", "\x80\2\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19", 0, "a PyTorch file",
     "In Python, with the model loaded: "
     "torch.onnx.export(model.eval(), torch.zeros(1, 3, 32, 32), \"model.onnx\"). "
     "Then open model.onnx here."},
    {".pt2", "PK\3\4\0\0\x08\x08"sv, 0, "a program of torch.export (.pt2)",
     "In Python: torch.onnx.export(torch.export.load(FILE), f=\"model.onnx\", dynamo=True). Then open "
     "model.onnx "
     "here."},
    {".ort", "ORTM", 4, "a model of ONNX Runtime's own format (.ort)",
     "Open the .onnx file that it was made from."},
    {".pb", "", 0, "a TensorFlow SavedModel or graph",
     "In Python: pip install tf2onnx; python -m tf2onnx.convert --saved-model FOLDER --output model.onnx."},
    {".mat", "MATLAB 5.0", 0, "a MATLAB file",
     "In MATLAB, export the network with exportONNXNetwork(net, \"model.onnx\")."},
    {".rar", "Rar!", 0, "a RAR archive", "Unpack it and open the model's files, or pack them as .zip."},
    {".7z", "7z\xBC\xAF"sv, 0, "a 7-Zip archive",
     "Unpack it and open the model's files, or pack them as .zip."},
    {".mlmodel", "", 0, "a Core ML model", "Open the model it was made from, exported as ONNX."},
    {".caffemodel", "", 0, "a Caffe model", kOtherTool},
    {".prototxt", "", 0, "the description of a Caffe model", kOtherTool},
    {".weights", "", 0, "a file of Darknet's weights", kOtherTool},
    {".gguf", "GGUF", 0, "a GGUF file",
     "GGUF files hold language models. Use an ONNX file for an image classifier."},
    {".npz", "PK\3\4", 0, "a file of NumPy arrays",
     "In Python: safetensors.numpy.save_file(dict(numpy.load(FILE)), \"weights.safetensors\"); "
     "then build that network here, and import the file into it."},
    {".npy", "\x93NUMPY", 0, "a NumPy array",
     "One array is one part of a network. In Python, with all of them: "
     "safetensors.numpy.save_file({\"conv2d/kernel\": numpy.load(FILE), ...}, \"weights.safetensors\"); "
     "then build that network here, and import the file into it."},
    {".msgpack", "", 0, "a file of Flax's weights",
     "In Python: tree = flax.serialization.msgpack_restore(open(FILE, \"rb\").read()); "
     "safetensors.numpy.save_file(flax.traverse_util.flatten_dict(tree, sep=\"/\"), "
     "\"weights.safetensors\"); "
     "then build that network here, and import the file into it."},
    {".pkl", "", 0, "a Python pickle (it can run code when it is loaded)",
     "Save the model as ONNX or its weights as safetensors in Python."},
    {".html", "<!DOCTYPE html", 0, kHtml, kDownloadButton},
    {"", "<!doctype html", 0, kHtml, kDownloadButton},
    {"", "<html", 0, kHtml, kDownloadButton},
    {"", "version https://git-lfs", 0, "a Git LFS pointer, not the file itself",
     "Run git lfs pull where it comes from, or download it with the web page's download button."},
    {"labels.txt", "", 0, "a list of class names, without a model",
     "Choose it together with the model's files."},
    {".bin", "", 0, "a file of numbers alone",
     "If it belongs to a model.json of TensorFlow.js, choose both together; if it is of PyTorch, save it as "
     "safetensors: safetensors.torch.save_file(torch.load(FILE), \"weights.safetensors\")."},
};

struct Alias {
  std::string_view ends, kind;
};
constexpr Alias kAliases[] = {{".pth.tar", ".pt"}, {".pth", ".pt"},     {".ckpt", ".pt"},
                              {".pickle", ".pkl"}, {".joblib", ".pkl"}, {".htm", ".html"}};

const Kind* kind_of(std::string_view name, std::span<const std::uint8_t> bytes) {
  const Kind* by_content = nullptr;
  const Kind* by_name = nullptr;
  for (const Kind& kind : kKinds) {
    const bool begun = !kind.begins.empty() && begins(bytes, kind.begins, kind.at);
    const bool named = !kind.ends.empty() && name.ends_with(kind.ends);
    if (begun && named) return &kind;
    // A zip says nothing without its name.
    if (begun && !by_content && kind.begins != "PK\3\4") by_content = &kind;
    if (named && !by_name) by_name = &kind;
  }
  return by_content ? by_content : by_name;
}

/// Whether an HDF5 file of Keras has weights alone.
/// A whole model has its configuration as an attribute of this name.
bool is_keras_weights(std::string_view name, std::span<const std::uint8_t> bytes) {
  constexpr std::string_view attribute = "model_config";
  constexpr std::size_t smallest_file = 512;
  if (name.ends_with(".weights.h5")) return true;
  return bytes.size() >= smallest_file &&
         std::search(bytes.begin(), bytes.end(), attribute.begin(), attribute.end(),
                     [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }) == bytes.end();
}

void put(std::string& text, std::string_view word, std::string_view name) {
  if (const std::size_t at = text.find(word); at != std::string::npos)
    text.replace(at, word.size(), "\"" + std::string(file_name(name)) + "\"");
}

}  // namespace

std::string about_other_file(std::string_view name, std::span<const std::uint8_t> bytes,
                             std::string_view configuration) {
  if (bytes.empty()) return "the file is empty: copy or download it again.";
  std::string small = lower_case(std::string(name));
  for (const Alias& alias : kAliases) {
    if (small.ends_with(alias.ends))
      small = small.substr(0, small.size() - alias.ends.size()) + std::string(alias.kind);
  }
  const Kind* kind = kind_of(small, bytes);
  if (!kind) return {};
  std::string_view what = kind->what, how = kind->how;
  const bool of_keras = how == kFromKeras;
  if (of_keras && begins(bytes, "\x89HDF\r\n") && is_keras_weights(small, bytes)) {
    what = "a file of Keras's weights (HDF5), without the network";
    how = configuration.empty() ? kFromKerasWeights : kFromKerasParts;
  }
  std::string text = "this is " + std::string(what) + ", which cannot be opened here. " + std::string(how);
  if (of_keras) text += kThenExport;
  put(text, "CONFIGURATION", configuration);
  put(text, "FILE", name);
  return text;
}

bool is_system_file(std::string_view name) {
  constexpr std::array<std::string_view, 8> made = {
      "__macosx", "thumbs.db",    "ehthumbs.db", "desktop.ini",
      "@eadir",   "$recycle.bin", "icon\r",      "system volume information"};
  std::string rest = lower_case(std::string(name));
  std::replace(rest.begin(), rest.end(), '\\', '/');
  for (std::string_view left = rest; !left.empty();) {
    const std::string_view part = left.substr(0, left.find('/'));
    left.remove_prefix(std::min(left.size(), part.size() + 1));
    if (part == "." || part == "..") continue;
    if (part.starts_with(".") || std::find(made.begin(), made.end(), part) != made.end()) return true;
  }
  return false;
}

}  // namespace cnn
