// The app in the browser: the module's exports, and the connections between canvas, input, page and App.
#include <emscripten.h>
#include <emscripten/html5.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "imgui.h"
#include "imgui_internal.h"
#include "web/app/app.h"
#include "web/app/controls/drawn_text.h"
#include "web/app/controls/tab_stops.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/learn/chapters_json.h"
#include "web/app/platform/browser.h"
#include "web/app/platform/canvas.h"
#include "web/app/platform/input.h"
#include "web/app/platform/text_field.h"

namespace playground {

namespace browser {
void set_pasted_text(const char* text);
}

namespace {

constexpr float kTextDesktop = 15, kTextTouch = 16;  // CSS pixels
constexpr float kLeastZoom = 0.8f, kMostZoom = 2.5f;
constexpr double kCalmFrames =
    1000;  // milliseconds between frames of moving curves, for users who prefer reduced motion

/// The single instances of a page, for its whole life.
struct Program {
  Canvas canvas;
  std::unique_ptr<App> app;
  int cursor = -1;
  float pinched = 1;  ///< pinch factor not yet applied as a step of the zoom
  double last_message = 0;
};
Program* program = nullptr;

/// Larger for fingers and on large displays, viewed from further away: 15 on a laptop, 23 on 3840 x 2160.
float text_size() {
  const browser::CanvasBox box = browser::canvas_box();
  const float room = std::min(box.width / 1920, box.height / 1080);
  const float text = browser::coarse_pointer() ? kTextTouch : kTextDesktop;
  return std::round(text * std::pow(std::clamp(room, 1.0f, 3.0f), 0.6f) * program->app->ui().zoom);
}

void choose_theme() {
  const ThemeChoice choice = program->app->ui().theme;
  const bool dark_colors =
      choice == ThemeChoice::dark || (choice == ThemeChoice::system && browser::prefers_dark());
  apply_theme(dark_colors, text_size());
  program->canvas.wake();
}

void theme_chosen() {
  constexpr const char* kNames[] = {"system", "light", "dark"};
  browser::store("theme", kNames[static_cast<int>(program->app->ui().theme)]);
  choose_theme();
}

void recall_theme() {
  const std::string stored = browser::stored("theme");
  if (stored == "light") program->app->ui().theme = ThemeChoice::light;
  if (stored == "dark") program->app->ui().theme = ThemeChoice::dark;
}

/// Applies a pinch that no widget took, in steps: every text size has to be rasterized again.
void zoom_page() {
  program->pinched *= Touch::take_pinch();
  float& zoom = program->app->ui().zoom;
  const float wanted = std::clamp(std::round(10 * zoom * program->pinched) / 10, kLeastZoom, kMostZoom);
  if (wanted == zoom) return;
  zoom = wanted;
  program->pinched = 1;
  choose_theme();
}

void show_cursor() {
  const int wanted = ImGui::GetMouseCursor();
  if (wanted == program->cursor) return;
  program->cursor = wanted;
  const char* name = wanted == ImGuiMouseCursor_Hand        ? "pointer"
                     : wanted == ImGuiMouseCursor_TextInput ? "text"
                     : wanted == ImGuiMouseCursor_ResizeEW  ? "ew-resize"
                     : wanted == ImGuiMouseCursor_ResizeNS  ? "ns-resize"
                     : wanted == ImGuiMouseCursor_ResizeAll ? "grabbing"
                                                            : "default";
  browser::set_cursor(name);
}

void set_up_imgui() {
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = false;  // a blinking cursor would draw frames forever
  io.ConfigWindowsMoveFromTitleBarOnly = true;
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  io.BackendPlatformName = "browser";
  ImGui::GetPlatformIO().Platform_SetClipboardTextFn = [](ImGuiContext*, const char* text) {
    browser::copy_text(text);
  };
  ImGui::GetPlatformIO().Platform_GetClipboardTextFn = [](ImGuiContext*) {
    return browser::pasted_text().c_str();
  };
  ImGui::GetPlatformIO().Platform_SetImeDataFn = [](ImGuiContext*, ImGuiViewport*,
                                                    ImGuiPlatformImeData* data) {
    if (!data->WantVisible) return;
    const browser::CanvasBox box = browser::canvas_box();
    browser::place_text_field(box.left + data->InputPos.x, box.top + data->InputPos.y, data->InputLineHeight);
  };
}

int put(const std::optional<ImVec4>& found, float* rectangle) {
  if (!found) return 0;
  rectangle[0] = found->x, rectangle[1] = found->y, rectangle[2] = found->z, rectangle[3] = found->w;
  return 1;
}

}  // namespace
}  // namespace playground

using playground::program;
using playground::put;

extern "C" {

EMSCRIPTEN_KEEPALIVE void app_receive(const char* json, int size, const playground::Payload* payloads,
                                      int count) {
  if (program == nullptr) return;
  program->app->receive({json, static_cast<std::size_t>(size)}, {payloads, static_cast<std::size_t>(count)});
  const double now = emscripten_get_now();
  const bool calm = program->app->state().training.busy() && playground::browser::prefers_reduced_motion();
  if (calm && now - program->last_message < playground::kCalmFrames) return;
  program->last_message = now;
  program->canvas.wake_for_message();
}

/// Where a widget was drawn last, in CSS pixels; 0 if it was not. Requests frames, so that a later call finds
/// the current state. For tests.
EMSCRIPTEN_KEEPALIVE int app_widget_rect(const char* name, float* rectangle) {
  program->canvas.wake();
  return put(playground::WidgetRects::find(name), rectangle);
}

/// The same for the first widget from the top that says this.
EMSCRIPTEN_KEEPALIVE int app_text_rect(const char* text, float* rectangle) {
  program->canvas.wake();
  return put(playground::WidgetRects::find_text(text), rectangle);
}

/// The text of a widget, as UTF-8 that is valid until the next call. For tests.
EMSCRIPTEN_KEEPALIVE const char* app_widget_text(const char* name) {
  static std::string text;
  text = playground::WidgetRects::text(name);
  return text.c_str();
}

/// What can be read on the canvas, as JSON: [text, left, top, width, height] for each line of a text, in CSS
/// pixels; behind a null the same of the widgets and what they are called, for those that show an icon, with
/// true behind it if the keyboard's focus is seen there. The caller frees it. For tests.
EMSCRIPTEN_KEEPALIVE char* app_drawn_text() {
  program->canvas.wake();
  cnn::Json all = cnn::Json::array();
  const auto add = [&all](const std::string& text, ImVec4 rect) {
    cnn::Json entry = cnn::Json::array({cnn::Json(text)});
    for (const float number : {rect.x, rect.y, rect.z, rect.w}) entry.push_back(static_cast<double>(number));
    all.push_back(std::move(entry));
  };
  for (const playground::DrawnText& line : playground::drawn_text())
    add(line.text, {line.low.x, line.low.y, line.high.x - line.low.x, line.high.y - line.low.y});
  all.push_back(nullptr);
  const bool ring = ImGui::GetIO().NavVisible;
  for (const playground::Widget& widget : playground::WidgetRects::all()) {
    const bool focused = ring && widget.item != 0 && widget.item == ImGui::GetFocusID();
    const ImVec4 seen = widget.seen();
    if ((widget.text.empty() && !focused) || seen.z <= 0 || seen.w <= 0) continue;
    add(widget.text, seen);
    if (focused) all.elements()->back().push_back(true);
  }
  return strdup(all.dump().c_str());
}

/// Frames drawn since the start; constant while the page is idle.
EMSCRIPTEN_KEEPALIVE int app_frames() {
  return program != nullptr ? static_cast<int>(program->canvas.frames_drawn()) : 0;
}

/// The Learn tab's text as JSON (learn/chapters_json.h), for the text version. Works before main() has
/// run; the caller frees it.
EMSCRIPTEN_KEEPALIVE char* app_chapters() { return strdup(playground::chapters_as_json().dump().c_str()); }

/// Sets up what a link holds after its "#". answered: the user has agreed to lose trained weights.
EMSCRIPTEN_KEEPALIVE void app_open_link(const char* hash, bool answered) {
  program->app->carry_out(playground::action::OpenLink{.hash = hash, .answered = answered});
  program->canvas.wake();
}

/// The page gives this instance up after a failure: it takes no event and draws no frame any more. What
/// JavaScript holds comes first, because the memory may be damaged.
EMSCRIPTEN_KEEPALIVE void app_stop() {
  playground::browser::unwatch_page();
  emscripten_html5_remove_all_event_listeners();
  if (program != nullptr) program->canvas.stop();
}

EMSCRIPTEN_KEEPALIVE void app_resized() {
  playground::choose_theme();
  program->canvas.resized();
}
EMSCRIPTEN_KEEPALIVE void app_scheme(int) { playground::choose_theme(); }

EMSCRIPTEN_KEEPALIVE void app_entered(int from_behind) {
  playground::TabStops::enter(from_behind != 0);
  program->canvas.wake();
}

EMSCRIPTEN_KEEPALIVE void app_character(unsigned code_point) {
  playground::type_character(code_point);
  program->canvas.wake();
}

/// From the hidden text field: 0 Backspace, 1 it was left, which ends the editing as Enter does.
EMSCRIPTEN_KEEPALIVE void app_key_tap(int which) {
  if (!ImGui::GetIO().WantTextInput) return;
  playground::tap_key(which == 0 ? ImGuiKey_Backspace : ImGuiKey_Enter);
  program->canvas.wake();
}

EMSCRIPTEN_KEEPALIVE void app_pasted(const char* text) {
  playground::browser::set_pasted_text(text);
  ImGuiIO& io = ImGui::GetIO();
  program->canvas.wake();
  if (!io.WantTextInput) return program->app->paste(text);
  io.AddKeyEvent(ImGuiMod_Ctrl, true);
  playground::tap_key(ImGuiKey_V);
  io.AddKeyEvent(ImGuiMod_Ctrl, false);
  program->canvas.wake();
}

}  // extern "C"

int main() {
  using namespace playground;
  set_up_imgui();
  load_fonts();
  program = new Program;  // never deleted: callbacks of the page use it
  program->app = std::make_unique<App>(Outside{
      .send = [](std::string_view json, std::span<const Payload> payloads) { browser::send(json, payloads); },
      .copy_text = [](const std::string& text) { browser::copy_text(text.c_str()); },
      .theme_changed = theme_chosen,
      .save_picture = [](const std::string& name,
                         const std::string& svg) { browser::save_png(name.c_str(), svg.c_str()); },
      .hash = browser::address_hash(),
      .most_threads = browser::processor_cores()});
  Touch::set_coarse(browser::coarse_pointer());
  recall_theme();
  choose_theme();
  const bool opened = program->canvas.open([] {
    program->app->frame();
    zoom_page();
    show_cursor();
    browser::edit_text(ImGui::GetIO().WantTextInput, Touch::keyboard());
  });
  if (!opened) return 1;  // the page has checked for WebGL2 and shows its own controls
  listen(program->canvas);
  browser::watch_page();
  program->app->start();
  browser::tell_started();
  return 0;
}
