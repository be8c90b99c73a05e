#pragma once
/// ImGui without window or GPU: frames of a fixed size and duration, and a mouse that presses like a person,
/// with one event per frame. A press returns the last result that `draw` returned during its frames.

#include <optional>
#include <string_view>
#include <type_traits>

#include "imgui.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widget_rects.h"

namespace playground::test {

class HeadlessGui {
 public:
  explicit HeadlessGui(ImVec2 size = ImVec2(1280, 800)) {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.DisplaySize = size;
    io.DeltaTime = 1.0f / 60;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    io.Fonts->AddFontDefault();
    Touch::set_coarse(false);
    apply_theme(false, 15);
  }
  ~HeadlessGui() {
    for (ImTextureData* texture : ImGui::GetIO().Fonts->TexList)
      texture->SetStatus(ImTextureStatus_Destroyed), texture->SetTexID(ImTextureID_Invalid);
    ImGui::DestroyContext();
  }
  HeadlessGui(const HeadlessGui&) = delete;
  HeadlessGui& operator=(const HeadlessGui&) = delete;

  /// One frame; `draw` fills a window as large as the display.
  template <class Draw>
  auto frame(Draw draw) {
    ImGui::NewFrame();
    WidgetRects::begin_frame();
    Touch::begin_frame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("test", nullptr, ImGuiWindowFlags_NoDecoration);
    if constexpr (std::is_void_v<decltype(draw())>) {
      draw();
      finish();
    } else {
      auto result = draw();
      finish();
      return result;
    }
  }

  /// One frame of something that opens its own window.
  template <class Draw>
  void bare_frame(Draw draw) {
    ImGui::NewFrame();
    draw();
    ImGui::Render();
    upload();
  }

  template <class Draw>
  auto click(ImVec2 at, Draw draw) {
    decltype(draw()) result{};
    const auto step = [&] {
      auto now = frame(draw);
      if (now) result = std::move(now);
    };
    step();
    press_at(at, step);
    return result;
  }

  /// Moves the mouse there and presses; `step` draws a frame.
  template <class Step>
  static void press_at(ImVec2 at, Step step) {
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(at.x, at.y);
    step();
    io.AddMouseButtonEvent(0, true);
    step();
    io.AddMouseButtonEvent(0, false);
    step();
    step();
  }

  /// Presses the widget of that name. Does nothing if it is not on screen.
  template <class Draw>
  auto press(std::string_view name, Draw draw) {
    frame(draw);
    frame(draw);
    const std::optional<ImVec4> rect = WidgetRects::find(name);
    if (!rect) return decltype(draw()){};
    return click(ImVec2(rect->x + rect->z / 2, rect->y + rect->w / 2), draw);
  }

 private:
  static void finish() {
    ImGui::End();
    ImGui::Render();
    upload();
  }
  /// Stands in for a renderer: marks textures as uploaded without uploading them.
  static void upload() {
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
      if (texture->Status == ImTextureStatus_WantDestroy) {
        texture->SetTexID(ImTextureID_Invalid);
        texture->SetStatus(ImTextureStatus_Destroyed);
      } else {
        texture->SetTexID(1);
        texture->SetStatus(ImTextureStatus_OK);
      }
    }
  }
};

}  // namespace playground::test
