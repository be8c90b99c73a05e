#pragma once
/// What crosses between JavaScript and the C++ modules. The messages themselves, with all their fields,
/// states and errors, are in protocol.json; assets/docs/protocol.md is made from it.
///
/// Exported by the app, called by the page (names without Emscripten's underscore):
///   void app_receive(const char* json, int json_size, const Payload* payloads, int payload_count)
///       a reply or an event; all memory belongs to the caller, which frees it afterwards
///   bool app_widget_rect(const char* name, float* rectangle)
///       for tests and the screen-reader mirror: left, top, width, height in CSS pixels from the canvas's
///       corner of a widget drawn in the last frame; false: not on the screen. Names: "train", "pause",
///       "step", "stop", "reset", "tab/curves", ...
///   const char* app_widget_text(const char* name)
///       for tests: the text of that widget
///   char* app_chapters()
///       the Learn tab's text and experiments as JSON, for the text version of the page; works before main;
///       the caller frees it
///   void app_open_link(const char* hash)
///       applies a link, as a chapter's button does
///   void app_stop()
///       the page discards this failed instance: no events, no frames, no messages any more
/// Imported by the app, defined in web/app through EM_JS; the module object brings `send` along:
///   void page_send(const char* json, int json_size, const Payload* payloads, int payload_count)
///       -> Module.send({id, type, args, payloads})
/// The worker's module has the same pair, trainer_receive and page_send, and
///   int trainer_run(double milliseconds)
///       works for about that long; 1: there is more to do, 0: wait for a message

#include <cstdint>

namespace playground {

/// A payload between JavaScript and a module. In WebAssembly an array of these has eight bytes per entry.
struct Payload {
  const std::uint8_t* data;
  std::uint32_t size;
};

}  // namespace playground
