#pragma once
/// Where a program finds its pictures, and the names of their classes.
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/model.h"

namespace cnn {

/// The usual places of pictures in Python. Only the names of the classes tell them apart.
enum class ScriptData { cifar10, cifar100, cifar100_groups, folder };

struct ScriptPictures {
  ScriptData data = ScriptData::folder;
  /// The line CLASSES = [...], and FOLDERS = [...] where the names cannot be names of folders.
  std::string constants;
  std::string folders = "CLASSES";  ///< the list with the names of the folders
  std::string place;                ///< for people: "data/train/CLASS/ and data/test/CLASS/"
};

/// Names of another number than the network has outputs are left out, and the program says so. Error
/// (bad_config): the network takes other pictures than color ones.
Result<ScriptPictures> script_pictures(std::string_view tool, const Model& model,
                                       std::span<const std::string> class_names);

/// Notes that several programs have.
constexpr const char* kStateNote =
    "the state of the optimizer and the history: --train begins with new weights";
constexpr const char* kExceptFrozen = ", but for layers that are frozen";
constexpr const char* kRandomNote =
    "the random numbers: new weights, order, dropout and augmentation follow the same rules, with others";

/// A list in the text at the head of a program: what it does not take over from the page.
std::string script_notes(std::span<const std::string> notes);

}  // namespace cnn
