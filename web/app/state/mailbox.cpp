#include "web/app/state/mailbox.h"

#include <algorithm>

#include "web/app/state/messages.h"

namespace playground {

int Mailbox::ask(std::string_view type, Json args, Handler handler, std::span<const Payload> payloads) {
  const int id = ++last_id_;
  waiting_.emplace(id, Waiting{std::string(type), std::move(handler)});
  Json message;
  message["id"] = id;
  message["type"] = std::string(type);
  message["args"] = args.is_null() ? Json::object() : std::move(args);
  send_(message.dump(), payloads);
  return id;
}

void Mailbox::receive(std::string_view json, std::span<const Payload> payloads,
                      const std::function<void(const Event&)>& on_event) {
  const cnn::Result<Json> message = cnn::parse_json(json);
  if (!message) return;  // page and app are from one build: a message that cannot be parsed is not from it
  std::vector<std::span<const std::uint8_t>> bytes;
  for (const Payload& payload : payloads) bytes.emplace_back(payload.data, payload.size);
  const Json* args = message->find("args");
  const int id = static_cast<int>(number_in(*message, "id", -1));
  if (id < 0)
    return on_event({text_in(*message, "type"), args != nullptr ? *args : Json(), std::move(bytes)});
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const Handler handler = std::move(found->second.handler);
  waiting_.erase(found);
  AppReply reply{args != nullptr ? *args : Json(), std::move(bytes), {}, {}};
  if (const Json* error = message->find("error"); error != nullptr && error->members() != nullptr) {
    reply.code = text_in(*error, "code");
    if (reply.code.empty()) reply.code = "unknown";
    reply.message = text_in(*error, "message");
    reply.layer = static_cast<int>(number_in(*error, "layer", -1));
  }
  if (handler) handler(reply);
}

bool Mailbox::waits_for(std::string_view type) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [type](const auto& entry) { return entry.second.type == type; });
}

}  // namespace playground
