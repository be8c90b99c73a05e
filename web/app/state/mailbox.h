#pragma once
/// Pending requests and their replies. Every request gets exactly one reply or error.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "web/protocol.h"

namespace playground {

/// A reply as the app receives it.
struct AppReply {
  cnn::Json args;
  std::vector<std::span<const std::uint8_t>> payloads;  ///< valid until the handler returns
  std::string code, message;                            ///< of the error; an empty code means success
  int layer = -1;                                       ///< the layer that an error is about; -1: none
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
  using Handler = std::function<void(const AppReply&)>;

  explicit Mailbox(Send send) : send_(std::move(send)) {}

  /// Sends a request; `handler` runs with its reply. Returns the id, which a `cancel` request can name.
  int ask(std::string_view type, cnn::Json args, Handler handler, std::span<const Payload> payloads = {});
  /// A message from the page: runs the handler of a reply, or passes an event to `on_event`.
  void receive(std::string_view json, std::span<const Payload> payloads,
               const std::function<void(const Event&)>& on_event);
  /// A request of this type is pending.
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
