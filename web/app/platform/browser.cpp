#include "web/app/platform/browser.h"

#include <emscripten.h>

#include <vector>

namespace playground::browser {
namespace {

std::string clipboard;

// clang-format off
EM_JS(void, page_send, (const char* json, int json_size, const void* payloads, int payload_count), {
  const message = JSON.parse(UTF8ToString(json, json_size));
  message.payloads = [];
  for (let i = 0; i < payload_count; ++i) {
    const at = HEAPU32[(payloads >> 2) + 2 * i];
    const size = HEAPU32[(payloads >> 2) + 2 * i + 1];
    message.payloads.push(HEAPU8.slice(at, at + size).buffer);
  }
  Module.send(message);
});

EM_JS(void, page_canvas_box, (float* box), {
  const rectangle = Module.canvas.getBoundingClientRect();
  HEAPF32.set([rectangle.left, rectangle.top, rectangle.width, rectangle.height, window.devicePixelRatio || 1], box >> 2);
});

EM_JS(void, page_watch, (), {
  const end = new AbortController();
  const signal = end.signal;  // no destructuring: Emscripten 3.1.6 drops it
  const sizes = new ResizeObserver(() => _app_resized());
  sizes.observe(Module.canvas);
  Module.unwatch = () => {
    end.abort();
    sizes.disconnect();
    if (Module.textField) Module.textField.remove();
  };
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", () => _app_scheme(scheme.matches), {signal});
  // A media query for the current ratio fires once, when the ratio changes; then a new query is needed.
  const watchRatio = () => {
    const query = matchMedia("(resolution: " + window.devicePixelRatio + "dppx)");
    query.addEventListener("change", () => { _app_resized(); watchRatio(); }, {once: true, signal});
  };
  watchRatio();
  // Tab came to the canvas from what is before or behind it. The hidden text field is a part of the canvas.
  Module.canvas.addEventListener("focus", (event) => {
    const from = event.relatedTarget;
    if (!from || from === Module.textField || !Module.canvas.matches(":focus-visible")) return;
    _app_entered(from.compareDocumentPosition(Module.canvas) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : 0);
  }, {signal});
  document.addEventListener("paste", (event) => {
    if (document.activeElement !== Module.canvas && document.activeElement !== Module.textField) return;
    const text = event.clipboardData ? event.clipboardData.getData("text") : "";
    if (!text) return;
    event.preventDefault();
    const size = lengthBytesUTF8(text) + 1;
    const copy = _malloc(size);
    stringToUTF8(text, copy, size);
    _app_pasted(copy);
    _free(copy);
  }, {signal});
});

EM_JS(void, page_started, (), { Module.started = true; });

EM_JS(void, page_unwatch, (), {
  ABORT = true;  // Emscripten's timers look at it
  if (Module.unwatch) Module.unwatch();
});

EM_JS(int, page_matches, (const char* query), { return matchMedia(UTF8ToString(query)).matches; });

EM_JS(void, page_set_cursor, (const char* name), { Module.canvas.style.cursor = UTF8ToString(name); });

EM_JS(void, page_copy, (const char* text), {
  const copied = UTF8ToString(text);
  if (navigator.clipboard) navigator.clipboard.writeText(copied).catch(() => {});
});

EM_JS(char*, page_stored, (const char* key), {
  let value = "";
  try { value = localStorage.getItem(UTF8ToString(key)) || ""; } catch (closed) { value = ""; }
  const size = lengthBytesUTF8(value) + 1;
  const copy = _malloc(size);
  stringToUTF8(value, copy, size);
  return copy;
});

EM_JS(void, page_store, (const char* key, const char* value), {
  try { localStorage.setItem(UTF8ToString(key), UTF8ToString(value)); } catch (closed) { return; }
});

EM_JS(char*, page_hash, (), {
  const hash = Module.hash || "";
  const size = lengthBytesUTF8(hash) + 1;
  const copy = _malloc(size);
  stringToUTF8(hash, copy, size);
  return copy;
});

EM_JS(int, page_cores, (), { return navigator.hardwareConcurrency || 1; });

EM_JS(void, page_save_png, (const char* name, const char* svg), {
  const file = UTF8ToString(name);
  const picture = new Image();
  const source = URL.createObjectURL(new Blob([UTF8ToString(svg)], {type: "image/svg+xml"}));
  picture.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * picture.width;
    canvas.height = 2 * picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(source);
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.download = file;
      link.href = URL.createObjectURL(blob);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);  // the browser reads it after the click
    }, "image/png");
  };
  picture.src = source;
});

// clang-format on

}  // namespace

CanvasBox canvas_box() {
  float box[5];
  page_canvas_box(box);
  return {box[0], box[1], box[2], box[3], box[4]};
}

void watch_page() { page_watch(); }
void unwatch_page() { page_unwatch(); }
void tell_started() { page_started(); }
bool prefers_dark() { return page_matches("(prefers-color-scheme: dark)") != 0; }
bool prefers_reduced_motion() { return page_matches("(prefers-reduced-motion: reduce)") != 0; }
bool coarse_pointer() { return page_matches("(pointer: coarse)") != 0; }
void set_cursor(const char* css_cursor) { page_set_cursor(css_cursor); }
void copy_text(const char* text) {
  clipboard = text;
  page_copy(text);
}
const std::string& pasted_text() { return clipboard; }

void send(std::string_view json, std::span<const Payload> payloads) {
  page_send(json.data(), static_cast<int>(json.size()), payloads.data(), static_cast<int>(payloads.size()));
}

/// Takes ownership of a text allocated by JavaScript.
std::string taken(char* text) {
  std::string copy(text);
  std::free(text);
  return copy;
}

std::string stored(const char* key) { return taken(page_stored(key)); }
std::string address_hash() { return taken(page_hash()); }
int processor_cores() { return page_cores(); }
void save_png(const char* name, const char* svg) { page_save_png(name, svg); }
void store(const char* key, const char* value) { page_store(key, value); }

void set_pasted_text(const char* text) { clipboard = text; }

}  // namespace playground::browser
