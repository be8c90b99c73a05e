#pragma once
/// Files that cannot be opened as a model: what they are and how to convert them.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cnn {

/// Explains a file that is empty or in another program's format (recognized by content or name); "" for
/// anything else. configuration: the name of the file with the network, if that is next to the weights.
std::string about_other_file(std::string_view name, std::span<const std::uint8_t> bytes,
                             std::string_view configuration = {});

/// Files that systems and archives add: "._model.onnx", ".DS_Store", "Thumbs.db", "__MACOSX/...". The same
/// rule as isSystemFile in shell/site/data/paths.js; tests/fixtures/system_files.json holds both to it.
bool is_system_file(std::string_view name);

}  // namespace cnn
