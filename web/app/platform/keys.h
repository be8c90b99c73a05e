#pragma once
/// Keys of the browser as ImGui keys.

namespace playground {

/// ImGui's key for a DOM KeyboardEvent's key ("z", "ArrowLeft") and code ("KeyY", "Numpad4"); ImGuiKey_None
/// (0) for keys that are no command. The character decides where it is a letter or digit, so that Ctrl+Z is
/// where the layout has its Z; the code decides for letters of other scripts.
/// Says nothing about what the key types.
int imgui_key(const char* key, const char* code);

/// The key types one character: "a", "€", "🙂".
bool is_character(const char* key);

}  // namespace playground
