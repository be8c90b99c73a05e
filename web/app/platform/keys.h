#pragma once

namespace playground {

/// ImGui's key for a DOM KeyboardEvent.code ("KeyA", "ArrowLeft"); ImGuiKey_None (0) for keys the app has no
/// use for.
int imgui_key(const char* dom_code);

}  // namespace playground
