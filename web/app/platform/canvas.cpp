#include "web/app/platform/canvas.h"

#include <GLES3/gl3.h>
#include <emscripten.h>
#include <emscripten/html5.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "imgui.h"
#include "imgui_impl_opengl3.h"
#include "imgui_internal.h"
#include "web/app/platform/browser.h"
#include "web/app/state/pictures.h"

namespace playground {
namespace {

constexpr char kCanvas[] = "#canvas";
constexpr double kLongestStep = 0.1;  // seconds; limits the step after the tab was suspended
/// A frame requested by a message waits this many times as long as the previous frame took.
constexpr double kRest = 9;
constexpr double kLongestRest = 1000;            // milliseconds
constexpr double kLook = 4, kLongestLook = 500;  // milliseconds: how often, and how long, a fence is polled

/// Pictures are 32 pixels wide and shown enlarged, with square pixels. ImGui's backend only has smooth
/// textures.
void upload_pictures(const ImDrawData* data) {
  if (data->Textures == nullptr) return;
  for (ImTextureData* texture : *data->Textures) {
    const bool fresh = texture->Status == ImTextureStatus_WantCreate;
    if (!fresh || !PictureAtlas::owns(texture)) continue;
    ImGui_ImplOpenGL3_UpdateTexture(texture);
    glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(texture->GetTexID()));
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  }
}

}  // namespace

bool Canvas::open(std::function<void()> draw) {
  draw_ = std::move(draw);
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = false;
  attributes.depth = false;
  attributes.stencil = false;
  attributes.antialias = false;  // ImGui anti-aliases its shapes itself
  attributes.powerPreference = EM_WEBGL_POWER_PREFERENCE_LOW_POWER;
  context_ = emscripten_webgl_create_context(kCanvas, &attributes);
  // Older Emscripten versions have a signed handle; errors are negative.
  if (static_cast<std::intptr_t>(context_) <= 0 ||
      emscripten_webgl_make_context_current(context_) != EMSCRIPTEN_RESULT_SUCCESS)
    return false;
  ImGui_ImplOpenGL3_Init("#version 300 es");
  watch_context();
  last_frame_ = emscripten_get_now();
  resized();
  return true;
}

void Canvas::watch_context() {
  const auto lost = [](int, const void*, void* self) -> EM_BOOL {
    static_cast<Canvas*>(self)->lost_ = true;
    return EM_TRUE;  // prevents the default, which would keep the context lost
  };
  const auto restored = [](int, const void*, void* user) -> EM_BOOL {
    Canvas* self = static_cast<Canvas*>(user);
    // All objects of the old context are invalid. Textures are uploaded again from the pixels that ImGui and
    // the atlases keep.
    ImGui_ImplOpenGL3_DestroyDeviceObjects();
    PictureAtlas::upload_all_again();
    self->drawn_ = nullptr;
    self->lost_ = false;
    self->wake();
    return EM_TRUE;
  };
  emscripten_set_webglcontextlost_callback(kCanvas, this, EM_FALSE, lost);
  emscripten_set_webglcontextrestored_callback(kCanvas, this, EM_FALSE, restored);
}

void Canvas::resized() {
  const browser::CanvasBox box = browser::canvas_box();
  left_ = box.left;
  top_ = box.top;
  const int width = std::max(1, static_cast<int>(std::lround(box.width * box.scale)));
  const int height = std::max(1, static_cast<int>(std::lround(box.height * box.scale)));
  int old_width = 0, old_height = 0;
  emscripten_get_canvas_element_size(kCanvas, &old_width, &old_height);
  if (width != old_width || height != old_height) emscripten_set_canvas_element_size(kCanvas, width, height);
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(std::max(1.0f, box.width), std::max(1.0f, box.height));
  io.DisplayFramebufferScale =
      ImVec2(static_cast<float>(width) / io.DisplaySize.x, static_cast<float>(height) / io.DisplaySize.y);
  wake();
  if (old_width != width || old_height != height) draw_now();  // resizing blanked the canvas: no flash
}

void Canvas::wake(double seconds) {
  frames_wanted_ = std::max(frames_wanted_, 3);
  awake_ = std::max(awake_, seconds);
  request_frame();
}

void Canvas::wake_for_message() {
  paced_wanted_ = 2;
  request_paced_frame();
}

void Canvas::request_frame() {
  if (pending_ || lost_ || !visible_) return;
  pending_ = true;
  emscripten_request_animation_frame(&Canvas::on_frame, this);
}

void Canvas::request_paced_frame() {
  if (pending_ || waiting_ || !visible_) return;
  const double rest = last_frame_ + std::min(kRest * cost_, kLongestRest) - emscripten_get_now();
  if (rest <= 0) return request_frame();
  waiting_ = true;
  emscripten_async_call(
      [](void* user) {
        Canvas* self = static_cast<Canvas*>(user);
        self->waiting_ = false;
        if (self->paced_wanted_ > 0) self->request_frame();
      },
      this, static_cast<int>(rest));
}

void Canvas::set_visible(bool visible) {
  visible_ = visible;
  if (visible) wake();
}

void Canvas::stop() {
  lost_ = true;
  visible_ = false;
  drawn_ = nullptr;
  frames_wanted_ = paced_wanted_ = 0;
  awake_ = 0;
}

EM_BOOL Canvas::on_frame(double, void* user) {
  Canvas* self = static_cast<Canvas*>(user);
  self->pending_ = false;
  self->draw_now();
  if (self->frames_wanted_ > 0 || self->awake_ > 0)
    self->request_frame();
  else if (self->paced_wanted_ > 0)
    self->request_paced_frame();
  return EM_FALSE;
}

void Canvas::draw_now() {
  if (lost_ || context_ <= 0) return;
  const double now = emscripten_get_now();
  const double step = std::clamp((now - last_frame_) / 1000, 0.001, kLongestStep);
  ImGui::GetIO().DeltaTime = static_cast<float>(step);
  last_frame_ = now;
  ++frames_;
  render();
  // ImGui processes a press and its release in separate frames. If frames are slow, more events are queued;
  // they are processed first.
  if (ImGui::GetCurrentContext()->InputEventsQueue.empty()) frames_wanted_ = std::max(0, frames_wanted_ - 1);
  paced_wanted_ = std::max(0, paced_wanted_ - 1);
  awake_ = std::max(0.0, awake_ - step);
  watch_cost(now);
}

void Canvas::watch_cost(double start) {
  if (drawn_ != nullptr) return;
  drawn_ = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  cost_start_ = start;
  if (drawn_ != nullptr) look_whether_drawn();
}

/// The state of a fence only changes between tasks of the page, so a timer polls it.
void Canvas::look_whether_drawn() {
  emscripten_async_call(
      [](void* user) {
        Canvas* self = static_cast<Canvas*>(user);
        if (self->drawn_ == nullptr) return;  // the context was lost
        const double spent = emscripten_get_now() - self->cost_start_;
        GLint state = GL_UNSIGNALED;
        glGetSynciv(self->drawn_, GL_SYNC_STATUS, 1, nullptr, &state);
        if (state != GL_SIGNALED && spent < kLongestLook) return self->look_whether_drawn();
        // Averaged with the previous cost: a single delayed frame counts less.
        self->cost_ = self->cost_ > 0 ? (self->cost_ + spent) / 2 : spent;
        glDeleteSync(self->drawn_);
        self->drawn_ = nullptr;
      },
      this, static_cast<int>(kLook));
}

void Canvas::render() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  draw_();
  ImGui::Render();
  ImDrawData* data = ImGui::GetDrawData();
  upload_pictures(data);
  const ImVec4 back = ImGui::GetStyle().Colors[ImGuiCol_WindowBg];
  glViewport(0, 0, static_cast<int>(data->DisplaySize.x * data->FramebufferScale.x),
             static_cast<int>(data->DisplaySize.y * data->FramebufferScale.y));
  glClearColor(back.x, back.y, back.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(data);
}

}  // namespace playground
