#pragma once
/// What the app needs from the browser beyond emscripten/html5.h, as small functions calling JavaScript.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "web/protocol.h"

namespace playground::browser {

struct CanvasBox {
  float left = 0, top = 0, width = 0, height = 0;  // CSS pixels
  float scale = 1;                                 // device pixels in a CSS pixel
};

/// Position and size of the canvas, and the pixel ratio. Read on every call: zoom and monitor may change.
CanvasBox canvas_box();

/// Calls `app_resized` and `app_scheme` when the size of the canvas, the pixel ratio or the color scheme
/// changes, `app_pasted` when text is pasted, and `app_entered` when Tab enters the canvas.
void watch_page();
/// Ends that, and the timers.
void unwatch_page();
/// Sets `started` of the module, because Emscripten does not report to the page how main() ended.
void tell_started();
bool prefers_dark();
bool prefers_reduced_motion();
/// The primary pointing device is a finger.
bool coarse_pointer();

void set_cursor(const char* css_cursor);
void copy_text(const char* text);

/// The text copied or pasted last.
const std::string& pasted_text();

/// Sends a message to the page, which forwards it to the trainer or handles it itself (web/protocol.json).
void send(std::string_view json, std::span<const Payload> payloads);

/// Small settings that outlive the visit (theme); empty if there are none or storage is not available.
std::string stored(const char* key);
void store(const char* key, const char* value);

/// Renders a drawing (SVG) at twice its size and downloads it as a PNG.
void save_png(const char* name, const char* svg);
/// The part of the address after "#", with the "#", that the page wants to have applied;
/// empty if there is none.
std::string address_hash();
int processor_cores();

}  // namespace playground::browser
