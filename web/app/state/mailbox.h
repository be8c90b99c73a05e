// Requests on their way and the replies that end them. Every request gets exactly one reply or error.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "web/protocol.h"

namespace playground {

struct Reply {
  cnn::Json args;
  std::vector<std::span<const std::uint8_t>> payloads;  ///< gone after the handler returns
  std::string code, message;                            ///< of the error; empty code: it worked
  int layer = -1;  ///< which layer an error is about, where it is about one
  bool ok() const { return code.empty(); }
};

struct Event {
  std::string type;
  cnn::Json args;
  std::vector<std::span<const std::uint8_t>> payloads;
};

class Mailbox {
 public:
  using Send = std::function<void(std::string_view json, std::span<const Payload>)>;
  using Handler = std::function<void(const Reply&)>;

  explicit Mailbox(Send send) : send_(std::move(send)) {}

  /// Sends a request; `handler` runs with its reply. Gives its id, which `cancel` may name.
  int ask(std::string_view type, cnn::Json args, Handler handler, std::span<const Payload> payloads = {});
  /// A message from the page: runs the handler of a reply, or gives the event to `on_event`.
  void receive(std::string_view json, std::span<const Payload> payloads,
               const std::function<void(const Event&)>& on_event);
  /// A request of that type is on its way.
  bool waits_for(std::string_view type) const;

 private:
  struct Waiting {
    std::string type;
    Handler handler;
  };
  Send send_;
  std::map<int, Waiting> waiting_;
  int last_id_ = 0;
};

}  // namespace playground
