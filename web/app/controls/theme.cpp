#include "web/app/controls/theme.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/touch.h"

namespace playground {
namespace {

constexpr ImU32 rgb(unsigned hex) { return IM_COL32(hex >> 16, hex >> 8 & 255, hex & 255, 255); }

constexpr Palette kLight{.page = rgb(0xF4F5F7),
                         .panel = rgb(0xFFFFFF),
                         .control = rgb(0xF1F3F6),
                         .control_hover = rgb(0xE6EAF0),
                         .control_active = rgb(0xD8DEE7),
                         .line = rgb(0xDFE3E9),
                         .focus = rgb(0x2A6FD6),
                         .handle = rgb(0x7D8797),
                         .text = rgb(0x1A2230),
                         .muted = rgb(0x566174),
                         .faint = rgb(0x7D8797),
                         .accent = rgb(0x1F5FBF),
                         .accent_hover = rgb(0x2A6FD6),
                         .accent_active = rgb(0x174C9B),
                         .on_accent = rgb(0xFFFFFF),
                         .train = rgb(0x0072B2),
                         .validation = rgb(0xD55E00),
                         .right = rgb(0x0072B2),
                         .wrong = rgb(0xB84C00),
                         .notice = rgb(0x9A5B00),
                         .runs = {rgb(0x0072B2), rgb(0xD55E00), rgb(0x009E73), rgb(0xCC79A7), rgb(0xB8860B),
                                  rgb(0x0E97B5), rgb(0x6A4C93), rgb(0x555F6E)}};

constexpr Palette kDark{.page = rgb(0x11151B),
                        .panel = rgb(0x191F27),
                        .control = rgb(0x242B35),
                        .control_hover = rgb(0x2F3845),
                        .control_active = rgb(0x3A4453),
                        .line = rgb(0x2C3440),
                        .focus = rgb(0x8ABAFF),
                        .handle = rgb(0x76818F),
                        .text = rgb(0xE8ECF2),
                        .muted = rgb(0xA3AEBE),
                        .faint = rgb(0x76818F),
                        .accent = rgb(0x6EA8FE),
                        .accent_hover = rgb(0x8ABAFF),
                        .accent_active = rgb(0x5591E8),
                        .on_accent = rgb(0x10151C),
                        .train = rgb(0x56B4E9),
                        .validation = rgb(0xF0984A),
                        .right = rgb(0x56B4E9),
                        .wrong = rgb(0xF0984A),
                        .notice = rgb(0xE9B949),
                        .runs = {rgb(0x56B4E9), rgb(0xF0984A), rgb(0x2FC79A), rgb(0xE39AC6), rgb(0xE9C649),
                                 rgb(0x8FB7FF), rgb(0xB79CED), rgb(0xA3AEBE)}};

const Palette* current = &kLight;
bool dark_now = false;
ImFont* strong = nullptr;  // owned by ImGui's atlas

// The build reduces the fonts (fonts/subset.mjs) and embeds them here; native tests have none.
#ifdef PLAYGROUND_FONTS
constexpr unsigned char kRegular[] = {
#include "Roboto-Regular.inc"
};
constexpr unsigned char kMedium[] = {
#include "Roboto-Medium.inc"
};

template <int size>
ImFont* add_font(const unsigned char (&bytes)[size], float pixels) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 2;
  // ImGui never writes to font data it does not own.
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(bytes), size, pixels, &config);
}
#endif

void set_colors(ImGuiStyle& style, const Palette& p) {
  const auto set = [&](ImGuiCol slot, ImU32 color) {
    style.Colors[slot] = ImGui::ColorConvertU32ToFloat4(color);
  };
  ImGui::StyleColorsDark(&style);
  for (const ImGuiCol slot : {ImGuiCol_WindowBg, ImGuiCol_MenuBarBg, ImGuiCol_ScrollbarBg}) set(slot, p.page);
  style.Colors[ImGuiCol_ScrollbarBg].w = 0;
  style.Colors[ImGuiCol_ChildBg].w = 0;
  set(ImGuiCol_PopupBg, p.panel);
  for (const ImGuiCol slot :
       {ImGuiCol_Border, ImGuiCol_Separator, ImGuiCol_TableBorderLight, ImGuiCol_TableBorderStrong})
    set(slot, p.line);
  set(ImGuiCol_Text, p.text);
  set(ImGuiCol_TextDisabled, p.muted);
  for (const ImGuiCol slot : {ImGuiCol_FrameBg, ImGuiCol_Button, ImGuiCol_Header, ImGuiCol_Tab})
    set(slot, p.control);
  for (const ImGuiCol slot :
       {ImGuiCol_FrameBgHovered, ImGuiCol_ButtonHovered, ImGuiCol_HeaderHovered, ImGuiCol_TabHovered})
    set(slot, p.control_hover);
  for (const ImGuiCol slot :
       {ImGuiCol_FrameBgActive, ImGuiCol_ButtonActive, ImGuiCol_HeaderActive, ImGuiCol_TabSelected})
    set(slot, p.control_active);
  for (const ImGuiCol slot : {ImGuiCol_CheckMark, ImGuiCol_SliderGrab, ImGuiCol_NavCursor, ImGuiCol_PlotLines,
                              ImGuiCol_SeparatorHovered, ImGuiCol_DragDropTarget})
    set(slot, p.accent);
  style.Colors[ImGuiCol_NavCursor].w = 0;  // tab_stops.h draws the ring
  set(ImGuiCol_SliderGrabActive, p.accent_hover);
  set(ImGuiCol_TextSelectedBg, with_alpha(p.accent, 0.35f));
  set(ImGuiCol_ScrollbarGrab, p.handle);
  set(ImGuiCol_ScrollbarGrabHovered, mix(p.handle, p.text, 0.25f));
  set(ImGuiCol_ScrollbarGrabActive, mix(p.handle, p.text, 0.5f));
  set(ImGuiCol_TableHeaderBg, p.panel);
  style.Colors[ImGuiCol_TableRowBg].w = 0;
  set(ImGuiCol_TableRowBgAlt, with_alpha(p.faint, 0.07f));
  set(ImGuiCol_ModalWindowDimBg, with_alpha(rgb(0x0B0E13), 0.45f));
}

}  // namespace

const Palette& palette() { return *current; }
bool dark() { return dark_now; }

void apply_theme(bool dark_colors, float text) {
  dark_now = dark_colors;
  current = dark_colors ? &kDark : &kLight;
  ImGuiStyle style;
  style.FontSizeBase = text;
  style.WindowPadding = ImVec2(0.8f * text, 0.8f * text);
  style.FramePadding = ImVec2(0.65f * text, 0.42f * text);
  style.ItemSpacing = ImVec2(0.55f * text, 0.5f * text);
  style.ItemInnerSpacing = ImVec2(0.4f * text, 0.4f * text);
  style.CellPadding = ImVec2(0.45f * text, 0.2f * text);
  style.WindowRounding = 0;
  style.ChildRounding = style.PopupRounding = 0.55f * text;
  style.FrameRounding = style.GrabRounding = 0.4f * text;
  style.ScrollbarRounding = text;
  style.ScrollbarSize = (Touch::coarse() ? 0.3f : 0.65f) * text;  // fingers scroll the content itself
  style.GrabMinSize = text;
  style.WindowBorderSize = 0;
  style.FrameBorderSize = 0;
  style.PopupBorderSize = 1;
  style.ChildBorderSize = 0;
  style.HoverDelayNormal = 0.35f;
  style.HoverStationaryDelay = 0.12f;
  style.CircleTessellationMaxError = 0.15f;
  style.CurveTessellationTol = 0.6f;
  set_colors(style, *current);
  ImGui::GetStyle() = style;
}

void load_fonts() {
#ifdef PLAYGROUND_FONTS
  add_font(kRegular, 15);
  strong = add_font(kMedium, 15);
#endif
}

void push_strong(float size) { ImGui::PushFont(strong, size * ImGui::GetStyle().FontSizeBase); }
void push_size(float size) { ImGui::PushFont(nullptr, size * ImGui::GetStyle().FontSizeBase); }
void pop_font() { ImGui::PopFont(); }

Enlarged::Enlarged(float by) : before_(ImGui::GetStyle()) {
  ImGuiStyle& style = ImGui::GetStyle();
  style.FontSizeBase *= by;
  for (ImVec2* size : {&style.FramePadding, &style.ItemSpacing, &style.ItemInnerSpacing, &style.CellPadding})
    *size = ImVec2(size->x * by, size->y * by);
  style.FrameRounding *= by;
  style.GrabMinSize *= by;
  push_size(1);
}

Enlarged::~Enlarged() {
  pop_font();
  ImGui::GetStyle() = before_;
}

ImU32 with_alpha(ImU32 color, float alpha) {
  const auto a = static_cast<ImU32>(std::lround(std::clamp(alpha, 0.0f, 1.0f) * 255));
  return (color & ~IM_COL32_A_MASK) | a << IM_COL32_A_SHIFT;
}

ImU32 mix(ImU32 from, ImU32 to, float share) {
  const ImVec4 a = ImGui::ColorConvertU32ToFloat4(from), b = ImGui::ColorConvertU32ToFloat4(to);
  const auto blend = [share](float x, float y) { return x + (y - x) * share; };
  return ImGui::ColorConvertFloat4ToU32(
      ImVec4(blend(a.x, b.x), blend(a.y, b.y), blend(a.z, b.z), blend(a.w, b.w)));
}

float hairline() {
  const float scale = std::max(1.0f, ImGui::GetIO().DisplayFramebufferScale.x);
  return std::max(1.0f, static_cast<float>(static_cast<int>(scale)) / scale);
}

}  // namespace playground
