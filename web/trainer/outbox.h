#pragma once
/// Sends replies and events to the host.

#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "web/trainer/message.h"

namespace playground::trainer {

class Outbox {
 public:
  /// header: {id, args}, {id, error} or {type, args}.
  using Send = std::function<void(const cnn::Json& header, std::vector<Buffer> payloads)>;

  explicit Outbox(Send send) : send_(std::move(send)) {}

  /// `tell` sends events that must precede a reply: the state that the request led to.
  void before_replies(std::function<void()> tell) { before_replies_ = std::move(tell); }

  /// Sends nothing if the request has no id or its reply comes later.
  void reply(std::optional<double> id, Handled handled) const;
  void event(std::string_view type, cnn::Json args, std::vector<Buffer> payloads = {}) const;

 private:
  Send send_;
  std::function<void()> before_replies_ = [] {};
};

}  // namespace playground::trainer
