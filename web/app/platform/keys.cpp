#include "web/app/platform/keys.h"

#include <string_view>

#include "imgui.h"

namespace playground {
namespace {

struct Named {
  std::string_view code;
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
    {"Slash", ImGuiKey_Slash},
    {"Minus", ImGuiKey_Minus},
    {"Equal", ImGuiKey_Equal},
};

ImGuiKey offset(ImGuiKey first, char from, char letter) {
  return static_cast<ImGuiKey>(first + (letter - from));
}

}  // namespace

int imgui_key(const char* dom_code) {
  const std::string_view code(dom_code);
  if (code.size() == 4 && code.starts_with("Key") && code[3] >= 'A' && code[3] <= 'Z')
    return offset(ImGuiKey_A, 'A', code[3]);
  if (code.size() == 6 && code.starts_with("Digit") && code[5] >= '0' && code[5] <= '9')
    return offset(ImGuiKey_0, '0', code[5]);
  for (const Named& named : kNamed)
    if (named.code == code) return named.key;
  return ImGuiKey_None;
}

}  // namespace playground
