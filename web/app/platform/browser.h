// What the app needs of the browser beyond emscripten/html5.h, as small functions over JavaScript.
#pragma once

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

/// Where the canvas is and how sharp the screen is, read anew because zoom and monitor may have changed.
CanvasBox canvas_box();

/// Calls back (into `app_resized`, `app_scheme`) when the canvas's size, the pixel ratio or the color scheme
/// changes.
void watch_page();
bool prefers_dark();
bool prefers_reduced_motion();
/// The first pointing device is a finger: targets grow to thumb size.
bool coarse_pointer();

void set_cursor(const char* css_cursor);
void copy_text(const char* text);

/// Opens or closes the on-screen keyboard by focusing a hidden text field. Only works inside a touch handler
/// on iOS.
void set_text_entry(bool wanted);
/// The text a paste event brought last.
const std::string& pasted_text();

/// Hands a message to the page, which carries it to the trainer or does it itself (web/protocol.h).
void send(std::string_view json, std::span<const Payload> payloads);

/// Small settings that outlive the visit (theme); empty when there are none or storage is closed to us.
std::string stored(const char* key);
void store(const char* key, const char* value);

/// Paints a drawing (SVG) at twice its size and saves it through the browser.
void save_png(const char* name, const char* svg);
/// What stands behind the "#" of the address.
std::string address_hash();
int processor_cores();

}  // namespace playground::browser
