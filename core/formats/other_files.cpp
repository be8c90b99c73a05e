#include "core/formats/other_files.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/names.h"

namespace cnn {
namespace {

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return small;
}

bool begins(std::span<const std::uint8_t> bytes, std::string_view with, std::size_t at = 0) {
  return bytes.size() >= at + with.size() &&
         std::equal(with.begin(), with.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

constexpr std::string_view kFromKeras =
    "In Python: import keras; model = keras.models.load_model(FILE); "
    "model.export(\"model.onnx\", format=\"onnx\"). Then open model.onnx here.";

struct Kind {
  std::string_view ends;    // of the name
  std::string_view begins;  // of the content; empty: the name decides
  std::size_t at;
  std::string_view what, how;
};

using namespace std::string_view_literals;

/// By content first, because names lie.
constexpr Kind kKinds[] = {
    {".keras", "", 0, "a Keras model (.keras)", kFromKeras},
    {".h5", "\x89HDF\r\n", 0, "an HDF5 file, as Keras 2 saved models", kFromKeras},
    {".hdf5", "", 0, "an HDF5 file, as Keras 2 saved models", kFromKeras},
    {".tflite", "TFL3", 4, "a TensorFlow Lite model",
     "It is made for inference. Open the model it was made from, or convert it: pip install tf2onnx; "
     "python -m tf2onnx.convert --tflite FILE --output model.onnx."},
    {".pt", "", 0, "a PyTorch file",
     "In Python, with the model loaded: "
     "torch.onnx.export(model.eval(), torch.zeros(1, 3, 32, 32), \"model.onnx\"). "
     "For its weights alone: safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\"); "
     "then import that file into a network that is built here."},
    {".pb", "", 0, "a TensorFlow SavedModel or graph",
     "In Python: pip install tf2onnx; python -m tf2onnx.convert --saved-model FOLDER --output model.onnx."},
    {".mat", "MATLAB 5.0", 0, "a MATLAB file",
     "In MATLAB, export the network with exportONNXNetwork(net, \"model.onnx\")."},
    {".rar", "Rar!", 0, "a RAR archive", "Unpack it and open the model's files, or pack them as .zip."},
    {".7z", "7z\xBC\xAF"sv, 0, "a 7-Zip archive",
     "Unpack it and open the model's files, or pack them as .zip."},
    {".mlmodel", "", 0, "a Core ML model", "Open the model it was made from, exported as ONNX."},
    {".gguf", "GGUF", 0, "a GGUF file",
     "GGUF files hold language models. Use an ONNX file for an image classifier."},
    {".npz", "", 0, "a file of NumPy arrays",
     "In Python: safetensors.numpy.save_file(dict(numpy.load(FILE)), \"weights.safetensors\"); "
     "then import that file into a network that is built here."},
    {".pkl", "", 0, "a Python pickle, which may contain a program",
     "Save the model as ONNX or its weights as safetensors in Python."},
};

}  // namespace

std::string about_other_file(std::string_view name, std::span<const std::uint8_t> bytes) {
  std::string small = lower(name);
  for (const std::string_view other : {".pth"sv, ".ckpt"sv}) {
    if (small.ends_with(other)) small = small.substr(0, small.size() - other.size()) + ".pt";
  }
  if (small.ends_with(".pickle")) small = small.substr(0, small.size() - 7) + ".pkl";
  const Kind* found = nullptr;
  for (const Kind& kind : kKinds) {
    if (!kind.begins.empty() && begins(bytes, kind.begins, kind.at)) found = &kind;
  }
  for (const Kind& kind : kKinds) {
    if (!found && small.ends_with(kind.ends)) found = &kind;
  }
  if (!found) return {};
  std::string how(found->how);
  if (const std::size_t at = how.find("FILE"); at != std::string::npos)
    how.replace(at, 4, "\"" + std::string(file_name(name)) + "\"");
  return "this is " + std::string(found->what) + ", which cannot be opened here. " + how;
}

bool is_system_file(std::string_view name) {
  constexpr std::array<std::string_view, 8> made = {
      "__macosx", "thumbs.db",    "ehthumbs.db", "desktop.ini",
      "@eadir",   "$recycle.bin", "icon\r",      "system volume information"};
  std::string rest = lower(name);
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
