#pragma once
/// Files that cannot be opened as a model: what they are and how to convert them.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cnn {

/// A sentence for a file of another program's format, known by its content or its name, or for an empty one; empty for an
/// unknown one. configuration: the name of the file with the network, if that is beside the weights.
std::string about_other_file(std::string_view name, std::span<const std::uint8_t> bytes,
                             std::string_view configuration = {});

/// Files that systems and archives put beside others: "._model.onnx", ".DS_Store", "Thumbs.db", "__MACOSX/...".
/// The same rule as isSystemFile in shell/site/data/paths.js; tests/fixtures/system_files.json holds both to it.
bool is_system_file(std::string_view name);

}  // namespace cnn
