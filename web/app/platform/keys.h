#pragma once
/// Key codes of the browser as ImGui keys.

namespace playground {

/// ImGui's key for a DOM KeyboardEvent.code ("KeyA", "ArrowLeft"); ImGuiKey_None (0) for keys that the app
/// does not use.
int imgui_key(const char* dom_code);

}  // namespace playground
