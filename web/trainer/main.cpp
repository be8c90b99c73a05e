// The worker's entry: connects a Session with JavaScript's messages and event loop
// (shell/site/trainer/worker.js).
#include <emscripten.h>

#include <new>
#include <vector>

#include "core/run/thread_pool.h"
#include "web/trainer/session.h"

namespace {

using playground::Payload;
using playground::trainer::Buffer;

// clang-format off
EM_JS(void, page_send, (const char* json, int json_size, const Payload* payloads, int payload_count), {
  // slice() copies, because the memory may be shared, which neither postMessage nor TextDecoder accepts.
  const message = JSON.parse(new TextDecoder().decode(HEAPU8.slice(json, json + json_size)));
  message.payloads = [];
  for (let i = 0; i < payload_count; ++i) {
    const at = HEAPU32[(payloads >> 2) + 2 * i];
    message.payloads.push(HEAPU8.slice(at, at + HEAPU32[(payloads >> 2) + 2 * i + 1]).buffer);
  }
  message.args = message.args || {};
  Module.send(message);
});
/// The handler of failed allocations that no check has foreseen; foreseeable ones are error replies. It ends
/// the worker (shell/site/trainer/worker.js), and the page says why.
EM_JS(void, page_out_of_memory, (), {
  const megabytes = Math.round(HEAPU8.length / 1e6);
  throw Object.assign(new Error('the browser refused to allocate more than ' + megabytes + ' MB'), {code: 'out_of_memory'});
});
EM_JS(int, page_isolated, (), { return globalThis.crossOriginIsolated ? 1 : 0; });
EM_JS(int, page_pool_size, (), { return Module.poolSize | 0; });
// clang-format on

void send(const cnn::Json& header, std::vector<Buffer> payloads) {
  const std::string json = header.dump();
  std::vector<Payload> table;
  for (const Buffer& payload : payloads) {
    table.push_back({payload.data(), static_cast<std::uint32_t>(payload.size())});
  }
  page_send(json.data(), static_cast<int>(json.size()), table.data(), static_cast<int>(table.size()));
}

playground::trainer::Host host() {
  playground::trainer::Host host;
  host.variant = CNN_VARIANT;
#ifdef __wasm_simd128__
  host.simd = true;
#endif
  host.relaxed_simd = host.variant.rfind("relaxed", 0) == 0;
  host.isolated = page_isolated() != 0;
  host.threads = cnn::threads_available() ? page_pool_size() + 1 : 1;
  host.milliseconds = emscripten_get_now;
  return host;
}

playground::trainer::Session& session() {
  std::set_new_handler(page_out_of_memory);
  static playground::trainer::Session only(host(), send);
  return only;
}

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE void trainer_receive(const char* json, int json_size, const Payload* payloads,
                                          int payload_count) {
  session().receive({json, static_cast<std::size_t>(json_size)},
                    {payloads, static_cast<std::size_t>(payload_count)});
}

EMSCRIPTEN_KEEPALIVE int trainer_run(double milliseconds) { return session().run(milliseconds) ? 1 : 0; }

}  // extern "C"
