#include "core/formats/python_pictures.h"

#include <algorithm>
#include <set>
#include <vector>

#include "core/datasets/dataset.h"
#include "core/formats/python_text.h"

namespace cnn {
namespace {

constexpr int kSide = static_cast<int>(kImageSide), kColors = static_cast<int>(kImageChannels);

bool same(std::span<const std::string> names, const std::vector<std::string>& others) {
  return std::equal(names.begin(), names.end(), others.begin(), others.end());
}

ScriptData data_of(std::span<const std::string> names, const Shape& picture) {
  if (picture != Shape{kSide, kSide, kColors}) return ScriptData::folder;
  if (same(names, cifar10_class_names())) return ScriptData::cifar10;
  if (same(names, cifar100_class_names())) return ScriptData::cifar100;
  if (same(names, cifar100_group_names())) return ScriptData::cifar100_groups;
  return ScriptData::folder;
}

/// Whether every file system takes it as a name. Some do not tell upper and lower case apart.
bool are_folders(std::span<const std::string> names) {
  constexpr std::size_t longest = 100;  // bytes
  std::set<std::string> lower;
  for (std::string name : names) {
    const bool odd = std::any_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == '\x7f' ||
             std::string_view("<>:\"/\\|?*").find(c) != std::string_view::npos;
    });
    if (odd || name.empty() || name.size() > longest || name[0] == '.' || name[0] == ' ' ||
        name.back() == '.' || name.back() == ' ')
      return false;
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!lower.insert(name).second) return false;
  }
  return true;
}

}  // namespace

Result<ScriptPictures> script_pictures(std::string_view tool, const Model& model,
                                       std::span<const std::string> class_names) {
  const Shape& picture = model.input_shape();
  if (picture.rank() != 3 || picture[2] != kColors) {
    std::string sizes;
    for (const int size : picture) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
    return Error{"bad_config",
                 std::string(tool) +
                     ": the program reads color pictures, [height, width, 3], but the network takes [" +
                     sizes + "]; export it as onnx or safetensors."};
  }
  ScriptPictures pictures;
  const int classes = model.output_shape().back();
  const auto count = static_cast<std::size_t>(classes);
  std::vector<std::string> names(class_names.begin(), class_names.end());
  if (names.empty() && count == cifar10_class_names().size()) names = cifar10_class_names();
  if (names.size() == count) {
    std::vector<std::string> words;
    words.reserve(names.size());
    for (const std::string& name : names) words.push_back(python_text(name));
    pictures.constants = python_list("CLASSES = [", words, "]", 4);
  } else {
    if (!names.empty()) {
      pictures.constants = "# The data set had " + std::to_string(names.size()) +
                           " classes and the network has " + std::to_string(count) +
                           ", so the classes are numbers here.\n";
    }
    pictures.constants += "CLASSES = [str(label) for label in range(" + std::to_string(classes) + ")]\n";
    names.clear();
  }
  pictures.data = data_of(names, picture);
  std::string folder = "CLASS";
  if (pictures.data == ScriptData::folder && !are_folders(names)) {
    pictures.folders = "FOLDERS", folder = "LABEL";
    pictures.constants +=
        "FOLDERS = [f\"{label:02}\" for label in range(len(CLASSES))]  # not every class is the name of a "
        "folder\n";
  }
  pictures.place = "data/train/" + folder + "/ and data/test/" + folder + "/";
  return pictures;
}

std::string script_notes(std::span<const std::string> notes) {
  std::string text = "\nWhat it does not take over from the page:\n";
  for (const std::string& note : notes) text += "- " + note + "\n";
  return text;
}

}  // namespace cnn
