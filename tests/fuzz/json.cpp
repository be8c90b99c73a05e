// Any text gives an error with a message, or a value that survives being written and read again, on one line
// or several.
#include "core/base/json.h"

#include <cstdint>

#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cnn::require;
  const auto value = cnn::parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) {
    require(value.error().code == "bad_json" && !value.error().message.empty());
    return 0;
  }
  for (const int indent : {0, 2}) {
    const std::string text = value->dump(indent);
    const auto again = cnn::parse_json(text, {.max_depth = 64, .max_bytes = std::size_t{1} << 30});
    require(again.ok() && *again == *value);
    require(again->dump(indent) == text);
  }
  return 0;
}
