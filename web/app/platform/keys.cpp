#include "web/app/platform/keys.h"

#include <string_view>

#include "imgui.h"

namespace playground {
namespace {

struct Named {
  std::string_view name;
  ImGuiKey key;
};

constexpr Named kNamed[] = {
    {"Tab", ImGuiKey_Tab},
    {"ArrowLeft", ImGuiKey_LeftArrow},
    {"ArrowRight", ImGuiKey_RightArrow},
    {"ArrowUp", ImGuiKey_UpArrow},
    {"ArrowDown", ImGuiKey_DownArrow},
    {"PageUp", ImGuiKey_PageUp},
    {"PageDown", ImGuiKey_PageDown},
    {"Home", ImGuiKey_Home},
    {"End", ImGuiKey_End},
    {"Insert", ImGuiKey_Insert},
    {"Delete", ImGuiKey_Delete},
    {"Backspace", ImGuiKey_Backspace},
    {"Space", ImGuiKey_Space},
    {" ", ImGuiKey_Space},
    {"?", ImGuiKey_Slash},
    {"Enter", ImGuiKey_Enter},
    {"NumpadEnter", ImGuiKey_KeypadEnter},
    {"Escape", ImGuiKey_Escape},
    {"ControlLeft", ImGuiKey_LeftCtrl},
    {"ControlRight", ImGuiKey_RightCtrl},
    {"ShiftLeft", ImGuiKey_LeftShift},
    {"ShiftRight", ImGuiKey_RightShift},
    {"AltLeft", ImGuiKey_LeftAlt},
    {"AltRight", ImGuiKey_RightAlt},
    {"MetaLeft", ImGuiKey_LeftSuper},
    {"MetaRight", ImGuiKey_RightSuper},
};

ImGuiKey named(std::string_view name) {
  for (const Named& entry : kNamed)
    if (entry.name == name) return entry.key;
  return ImGuiKey_None;
}

ImGuiKey letter_or_digit(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<ImGuiKey>(ImGuiKey_A + (c - 'a'));
  if (c >= 'A' && c <= 'Z') return static_cast<ImGuiKey>(ImGuiKey_A + (c - 'A'));
  if (c >= '0' && c <= '9') return static_cast<ImGuiKey>(ImGuiKey_0 + (c - '0'));
  return ImGuiKey_None;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

int imgui_key(const char* dom_key, const char* dom_code) {
  const std::string_view key(dom_key), code(dom_code);
  // Left and right differ in the code alone.
  if (code.ends_with("Left") || code.ends_with("Right") || code == "NumpadEnter")
    if (const ImGuiKey found = named(code); found != ImGuiKey_None && !is_character(dom_key)) return found;
  if (const ImGuiKey found = named(key); found != ImGuiKey_None) return found;
  if (key.size() == 1) return letter_or_digit(key[0]);
  if (code.size() == 4 && code.starts_with("Key")) return letter_or_digit(code[3]);
  return ImGuiKey_None;
}

bool is_character(const char* key) {
  if (key[0] == 0) return false;
  const auto lead = static_cast<unsigned char>(key[0]);
  if (lead < 0x80) return key[1] == 0;
  int end = 1;
  while (is_continuation(key[end])) ++end;
  return key[end] == 0;
}

}  // namespace playground
