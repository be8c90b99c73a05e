#include "web/app/platform/input.h"

#include <emscripten/html5.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"
#include "imgui_internal.h"
#include "web/app/controls/tab_stops.h"
#include "web/app/controls/touch.h"
#include "web/app/platform/browser.h"
#include "web/app/platform/keys.h"
#include "web/app/platform/text_field.h"

namespace playground {
namespace {

constexpr char kCanvas[] = "#canvas";
constexpr double kTooltipWait = 0.8;  // seconds that a resting mouse may still cause changes
constexpr float kTapSlack = 9;        // CSS pixels that a tapping finger may move
constexpr float kWheelLine = 100;     // pixels per wheel notch in Chromium
constexpr float kFingerLine = 60;     // pixels of finger movement that scroll as far as one notch

/// What the finger on the screen does.
enum class Finger { none, undecided, scrolls, drags, pinches };

/// A pressed key: its code, and what it was when it was pressed.
struct Held {
  std::string code;
  int key;
};

struct Listener {
  Canvas& canvas;
  Finger finger = Finger::none;
  float start_x = 0, start_y = 0, last_x = 0, last_y = 0, spread = 0;
  std::vector<Held> held{};
};

ImGuiIO& io() { return ImGui::GetIO(); }

void move_mouse(Listener& l, double client_x, double client_y) {
  io().AddMousePosEvent(static_cast<float>(client_x) - l.canvas.left(),
                        static_cast<float>(client_y) - l.canvas.top());
}

EM_BOOL on_mouse(int type, const EmscriptenMouseEvent* event, void* user) {
  Listener& l = *static_cast<Listener*>(user);
  io().AddMouseSourceEvent(ImGuiMouseSource_Mouse);
  move_mouse(l, event->clientX, event->clientY);
  if (type == EMSCRIPTEN_EVENT_MOUSEDOWN || type == EMSCRIPTEN_EVENT_MOUSEUP) {
    constexpr int kButtons[] = {0, 2, 1};  // DOM counts left, middle, right
    if (event->button < 3)
      io().AddMouseButtonEvent(kButtons[event->button], type == EMSCRIPTEN_EVENT_MOUSEDOWN);
    // The default action of a press moves the focus here.
  }
  l.canvas.wake(kTooltipWait);
  return EM_FALSE;
}

EM_BOOL on_leave(int, const EmscriptenMouseEvent* event, void* user) {
  if (event->buttons == 0) io().AddMousePosEvent(-FLT_MAX, -FLT_MAX);
  static_cast<Listener*>(user)->canvas.wake();
  return EM_FALSE;
}

EM_BOOL on_wheel(int, const EmscriptenWheelEvent* event, void* user) {
  if (event->mouse.ctrlKey || event->mouse.metaKey) return EM_FALSE;  // zooms the page; left to the browser
  const double unit = event->deltaMode == DOM_DELTA_PIXEL  ? 1 / kWheelLine
                      : event->deltaMode == DOM_DELTA_LINE ? 1 / 3.0
                                                           : 1;
  const auto notches = [unit](double delta) {
    return static_cast<float>(std::fmin(4, std::fmax(-4, -delta * unit)));
  };
  io().AddMouseWheelEvent(notches(event->deltaX), notches(event->deltaY));
  static_cast<Listener*>(user)->canvas.wake(kTooltipWait);
  return EM_TRUE;
}

void finger_tap(Listener& l) {
  move_mouse(l, l.start_x, l.start_y);
  l.canvas.draw_now();  // hover first: ImGui presses the widget hovered in the frame before
  io().AddMouseButtonEvent(0, true);
  l.canvas.draw_now();
  io().AddMouseButtonEvent(0, false);
  l.canvas.draw_now();
  l.canvas.draw_now();  // a text field requests the keyboard in the frame after the press
  browser::edit_text(io().WantTextInput, Touch::keyboard());
}

void finger_moved(Listener& l, float x, float y) {
  if (l.finger == Finger::undecided && std::hypot(x - l.start_x, y - l.start_y) > kTapSlack) {
    l.canvas.draw_now();  // finds the widget under the finger
    l.finger = Touch::draggable() ? Finger::drags : Finger::scrolls;
    if (l.finger == Finger::drags) {
      move_mouse(l, l.start_x, l.start_y);
      io().AddMouseButtonEvent(0, true);
      l.canvas.draw_now();
    }
  }
  if (l.finger == Finger::drags) move_mouse(l, x, y);
  if (l.finger == Finger::scrolls)
    io().AddMouseWheelEvent((x - l.last_x) / kFingerLine, (y - l.last_y) / kFingerLine);
  l.last_x = x;
  l.last_y = y;
}

void two_fingers(Listener& l, const EmscriptenTouchPoint& a, const EmscriptenTouchPoint& b) {
  const float x = static_cast<float>(a.clientX + b.clientX) / 2,
              y = static_cast<float>(a.clientY + b.clientY) / 2;
  const float spread =
      std::hypot(static_cast<float>(a.clientX - b.clientX), static_cast<float>(a.clientY - b.clientY));
  if (l.finger == Finger::drags) io().AddMouseButtonEvent(0, false);
  if (l.finger == Finger::pinches) {
    Touch::pinch(spread / std::fmax(1.0f, l.spread));
    io().AddMouseWheelEvent((x - l.last_x) / kFingerLine, (y - l.last_y) / kFingerLine);
  }
  move_mouse(l, x, y);
  l.finger = Finger::pinches;
  l.spread = spread;
  l.last_x = x;
  l.last_y = y;
}

EM_BOOL on_touch(int type, const EmscriptenTouchEvent* event, void* user) {
  Listener& l = *static_cast<Listener*>(user);
  io().AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
  const EmscriptenTouchPoint& first = event->touches[0];
  const float x = static_cast<float>(first.clientX), y = static_cast<float>(first.clientY);
  if (type == EMSCRIPTEN_EVENT_TOUCHSTART && event->numTouches == 1) {
    l.finger = Finger::undecided;
    l.start_x = l.last_x = x;
    l.start_y = l.last_y = y;
    move_mouse(l, x, y);
  } else if (type != EMSCRIPTEN_EVENT_TOUCHEND && event->numTouches >= 2) {
    two_fingers(l, event->touches[0], event->touches[1]);
  } else if (type == EMSCRIPTEN_EVENT_TOUCHMOVE) {
    finger_moved(l, x, y);
  } else if (type == EMSCRIPTEN_EVENT_TOUCHEND || type == EMSCRIPTEN_EVENT_TOUCHCANCEL) {
    if (l.finger == Finger::undecided && type == EMSCRIPTEN_EVENT_TOUCHEND) finger_tap(l);
    if (l.finger == Finger::drags) {
      io().AddMouseButtonEvent(0, false);
      l.canvas.draw_now();
    }
    l.finger = Finger::none;
    io().AddMousePosEvent(-FLT_MAX, -FLT_MAX);  // nothing stays hovered after the finger is lifted
  }
  l.canvas.wake(kTooltipWait);
  return EM_TRUE;  // no emulated mouse, no scrolling of the page
}

void set_modifiers(const EmscriptenKeyboardEvent* event) {
  io().AddKeyEvent(ImGuiMod_Ctrl, event->ctrlKey || event->metaKey);  // Cmd+A selects all, as Ctrl+A does
  io().AddKeyEvent(ImGuiMod_Shift, event->shiftKey);
  io().AddKeyEvent(ImGuiMod_Alt, event->altKey);
  io().AddKeyEvent(ImGuiMod_Super, event->metaKey);
}

/// The browser keeps its shortcuts except undo and redo and, while text is edited, those of text fields.
bool belongs_to_app(const EmscriptenKeyboardEvent* event, int key) {
  if (key == ImGuiKey_None || event->altKey) return false;
  if (!event->ctrlKey && !event->metaKey) return true;
  if (key == ImGuiKey_Z || key == ImGuiKey_Y) return true;
  constexpr ImGuiKey kOfText[] = {ImGuiKey_A,         ImGuiKey_C,          ImGuiKey_X,
                                  ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_Home,
                                  ImGuiKey_End,       ImGuiKey_Backspace,  ImGuiKey_Delete};
  return io().WantTextInput && std::find(std::begin(kOfText), std::end(kOfText), key) != std::end(kOfText);
}

/// Ctrl and Alt together are AltGr on Windows.
bool is_command(const EmscriptenKeyboardEvent* event) {
  return (event->ctrlKey || event->metaKey) && !(event->ctrlKey && event->altKey);
}

void release(Listener& l, std::string_view code) {
  std::erase_if(l.held, [code](const Held& held) {
    if (!code.empty() && held.code != code) return false;
    io().AddKeyEvent(static_cast<ImGuiKey>(held.key), false);
    return true;
  });
}

EM_BOOL on_key_up(Listener& l, const EmscriptenKeyboardEvent* event) {
  set_modifiers(event);
  const std::string_view key = event->key, code = event->code;
  // The key that was pressed, although Shift may have changed it meanwhile. macOS reports no release while
  // Cmd is held.
  release(l, key == "Meta" ? "" : code.empty() ? key : code);
  l.canvas.wake();
  return EM_FALSE;
}

/// Tab moves the focus on the canvas, or leaves the canvas: then the browser moves it.
EM_BOOL on_tab(Listener& l) {
  constexpr int kMostFrames = 8;  // for events that wait, one a frame
  io().AddKeyEvent(ImGuiKey_Tab, true);
  Leave leave = Leave::no;
  for (int i = 0; i < kMostFrames && leave == Leave::no; ++i) {
    const bool all = ImGui::GetCurrentContext()->InputEventsQueue.empty();
    l.canvas.draw_now();
    leave = TabStops::leaves();
    if (all) break;
  }
  io().AddKeyEvent(ImGuiKey_Tab, false);
  if (leave == Leave::backward)
    browser::leave_text_field();  // the browser looks for what is before the canvas
  return leave == Leave::no ? EM_TRUE : EM_FALSE;
}

EM_BOOL on_key_down(Listener& l, const EmscriptenKeyboardEvent* event, bool in_text_field) {
  constexpr unsigned kOfInputMethod = 229;
  if (event->keyCode == kOfInputMethod) return EM_FALSE;
  set_modifiers(event);
  l.canvas.wake();
  const bool types = is_character(event->key) && !is_command(event);
  if (types && in_text_field) return EM_FALSE;  // the field takes it
  const int key = imgui_key(event->key, event->code);
  if (key == ImGuiKey_Tab && !event->ctrlKey && !event->altKey && !event->metaKey) return on_tab(l);
  const bool own = belongs_to_app(event, key);
  if (own) {
    const char* code = event->code[0] != 0 ? event->code : event->key;
    io().AddKeyEvent(static_cast<ImGuiKey>(key), true);
    if (std::none_of(l.held.begin(), l.held.end(), [code](const Held& held) { return held.code == code; }))
      l.held.push_back({code, key});
  }
  // A character typed before the text field has the focus. With Alt alone it belongs to the browser's menus.
  const bool typed = types && (!event->altKey || event->ctrlKey);
  if (typed) io().AddInputCharactersUTF8(event->key);
  return own || (typed && io().WantTextInput) ? EM_TRUE : EM_FALSE;
}

EM_BOOL on_canvas_key(int type, const EmscriptenKeyboardEvent* event, void* user) {
  Listener& l = *static_cast<Listener*>(user);
  return type == EMSCRIPTEN_EVENT_KEYDOWN ? on_key_down(l, event, false) : on_key_up(l, event);
}

EM_BOOL on_text_field_key(int type, const EmscriptenKeyboardEvent* event, void* user) {
  Listener& l = *static_cast<Listener*>(user);
  return type == EMSCRIPTEN_EVENT_KEYDOWN ? on_key_down(l, event, true) : on_key_up(l, event);
}

/// Of the canvas or the text field: between the two the focus goes away and comes back within a frame.
EM_BOOL on_focus(int type, const EmscriptenFocusEvent*, void* user) {
  Listener& l = *static_cast<Listener*>(user);
  if (type == EMSCRIPTEN_EVENT_BLUR) release(l, "");
  io().AddFocusEvent(type == EMSCRIPTEN_EVENT_FOCUS);
  l.canvas.wake();
  return EM_FALSE;
}

EM_BOOL on_visibility(int, const EmscriptenVisibilityChangeEvent* event, void* user) {
  static_cast<Listener*>(user)->canvas.set_visible(!event->hidden);
  return EM_FALSE;
}

}  // namespace

void listen(Canvas& canvas) {
  static Listener listener{canvas};  // one canvas per page, for its whole life: the callbacks point to it
  void* user = &listener;
  const auto window = EMSCRIPTEN_EVENT_TARGET_WINDOW;
  emscripten_set_mousedown_callback(kCanvas, user, EM_FALSE, on_mouse);
  // On the window, so that a drag continues outside the canvas.
  emscripten_set_mouseup_callback(window, user, EM_FALSE, on_mouse);
  emscripten_set_mousemove_callback(window, user, EM_FALSE, on_mouse);
  emscripten_set_mouseleave_callback(kCanvas, user, EM_FALSE, on_leave);
  emscripten_set_wheel_callback(kCanvas, user, EM_FALSE, on_wheel);
  emscripten_set_touchstart_callback(kCanvas, user, EM_FALSE, on_touch);
  emscripten_set_touchmove_callback(kCanvas, user, EM_FALSE, on_touch);
  emscripten_set_touchend_callback(kCanvas, user, EM_FALSE, on_touch);
  emscripten_set_touchcancel_callback(kCanvas, user, EM_FALSE, on_touch);
  browser::make_text_field();
  emscripten_set_keydown_callback(kCanvas, user, EM_FALSE, on_canvas_key);
  emscripten_set_keyup_callback(kCanvas, user, EM_FALSE, on_canvas_key);
  emscripten_set_keydown_callback(browser::kTextField, user, EM_FALSE, on_text_field_key);
  emscripten_set_keyup_callback(browser::kTextField, user, EM_FALSE, on_text_field_key);
  for (const char* part : {kCanvas, browser::kTextField}) {
    emscripten_set_focus_callback(part, user, EM_FALSE, on_focus);
    emscripten_set_blur_callback(part, user, EM_FALSE, on_focus);
  }
  emscripten_set_visibilitychange_callback(user, EM_FALSE, on_visibility);
}

void type_character(unsigned code_point) { io().AddInputCharacter(code_point); }

void tap_key(int imgui_key) {
  io().AddKeyEvent(static_cast<ImGuiKey>(imgui_key), true);
  io().AddKeyEvent(static_cast<ImGuiKey>(imgui_key), false);
}

}  // namespace playground
